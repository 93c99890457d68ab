"""Event -> the functions that hear it, in order. Who listens stands here and nowhere else."""

TICKET = "apps.tickets.events."
DOOR = "apps.omnichannel.events."
HOURS = "apps.hours.events."
SHELF = "apps.kb.events."
SLA = "apps.sla.events."

LISTENERS: dict[str, list[str]] = {
    TICKET + "TicketOpened": ["apps.sla.subscribers.start_clocks", "apps.reporting.subscribers.count_again"],
    TICKET + "MessageWritten": [
        "apps.tickets.indexing.index_message",
        "apps.sla.subscribers.follow_message",
        "apps.omnichannel.subscribers.owe_reply",
        "apps.omnichannel.webchat.subscribers.reach_who_left",
        "apps.omnichannel.webchat.subscribers.tell_waiting",
        "apps.automation.subscribers.acknowledge_request",
        "apps.kb.subscribers.note_citations",
        "apps.inbox.watching.tell_watchers",
        "apps.inbox.mentioning.note_mentions",
        "apps.inbox.subscribers.tell_desks",
        "apps.reporting.subscribers.count_answer",
    ],
    TICKET + "StatusChanged": [
        "apps.sla.subscribers.follow_status",
        "apps.omnichannel.webchat.subscribers.tell_visitor",
        "apps.omnichannel.facebook.subscribers.ask_how_it_was",
        "apps.inbox.subscribers.tell_desks",
        "apps.reporting.subscribers.count_again",
    ],
    TICKET + "PriorityChanged": [
        "apps.sla.subscribers.follow_priority",
        "apps.inbox.subscribers.tell_desks",
        "apps.reporting.subscribers.count_again",
    ],
    TICKET + "TeamChanged": [
        "apps.sla.subscribers.follow_team",
        "apps.inbox.subscribers.tell_desks",
        "apps.reporting.subscribers.count_again",
    ],
    TICKET + "TicketAssigned": [
        "apps.omnichannel.webchat.subscribers.tell_taken",
        "apps.inbox.subscribers.tell_desks",
        "apps.reporting.subscribers.count_again",
    ],
    TICKET + "SubjectChanged": ["apps.tickets.indexing.index_subject", "apps.inbox.subscribers.tell_desks"],
    TICKET + "TagsChanged": ["apps.sla.subscribers.follow_tags", "apps.inbox.subscribers.tell_desks"],
    TICKET + "TicketSnoozed": ["apps.inbox.subscribers.tell_desks"],
    TICKET + "TicketWoken": ["apps.inbox.subscribers.tell_desks"],
    TICKET + "ReplyTakenBack": ["apps.sla.subscribers.reopen_response", "apps.inbox.subscribers.tell_desks"],
    TICKET + "MessageAmended": ["apps.inbox.subscribers.tell_desks"],
    TICKET + "MessageReacted": ["apps.inbox.subscribers.tell_desks"],
    TICKET + "MatterForwarded": ["apps.inbox.subscribers.tell_desks"],
    TICKET + "OfficeChanged": [
        "apps.sla.subscribers.follow_office",
        "apps.inbox.subscribers.tell_desks",
        "apps.inbox.subscribers.tell_office_left",
        "apps.reporting.subscribers.count_again",
    ],
    TICKET + "TicketMerged": [
        "apps.omnichannel.subscribers.follow_merge",
        "apps.sla.subscribers.follow_merge",
        "apps.inbox.following.follow_merge",
        "apps.omnichannel.webchat.subscribers.tell_merged",
        "apps.inbox.subscribers.tell_desks",
        "apps.reporting.subscribers.count_again",
    ],
    TICKET + "TicketAbsorbed": ["apps.inbox.subscribers.tell_desks", "apps.reporting.subscribers.count_again"],
    TICKET + "MergeUndone": [
        "apps.omnichannel.subscribers.follow_undone_merge",
        "apps.sla.subscribers.follow_undone_merge",
        "apps.inbox.subscribers.tell_desks",
        "apps.reporting.subscribers.count_again",
    ],
    TICKET + "TicketSplit": [
        "apps.omnichannel.subscribers.follow_split",
        "apps.sla.subscribers.follow_split",
        "apps.inbox.subscribers.tell_desks",
        "apps.reporting.subscribers.count_again",
    ],
    TICKET + "TicketLinked": ["apps.inbox.subscribers.tell_desks"],
    TICKET + "TicketUnlinked": ["apps.inbox.subscribers.tell_desks"],
    DOOR + "ChannelSaved": ["apps.omnichannel.facebook.subscribers.check_again"],
    DOOR + "ThreadBegun": [
        "apps.omnichannel.facebook.subscribers.note_post",
        "apps.automation.subscribers.acknowledge_conversation",
        "apps.omnichannel.webchat.subscribers.share_out",
    ],
    DOOR + "MessageDelivered": ["apps.automation.subscribers.tag_answered", "apps.inbox.subscribers.tell_desks"],
    DOOR + "DeliveryGivenUp": [
        "apps.omnichannel.subscribers.tell_writer",
        "apps.sla.subscribers.reopen_response",
        "apps.inbox.subscribers.tell_desks",
        "apps.reporting.subscribers.count_again",
    ],
    DOOR + "DeliveryReported": ["apps.inbox.subscribers.tell_desks"],
    HOURS + "CalendarChanged": ["apps.sla.subscribers.follow_calendar"],
    SLA + "ClockWarned": ["apps.inbox.subscribers.tell_desks"],
    SLA + "ClockBreached": ["apps.inbox.subscribers.tell_desks", "apps.reporting.subscribers.count_again"],
    SLA + "StepTaken": ["apps.inbox.subscribers.tell_desks"],
    SLA + "LateReasonGiven": ["apps.inbox.subscribers.tell_desks", "apps.reporting.subscribers.count_again"],
    SHELF + "ArticlePublished": ["apps.kb.indexing.index_published"],
    SHELF + "ArticleRetired": ["apps.kb.indexing.forget_retired"],
    SHELF + "ArticleSentBack": ["apps.kb.indexing.forget_retired"],
    SHELF + "ArticlePlaced": ["apps.kb.indexing.index_placed"],
    SHELF + "ArticleBroughtIn": ["apps.kb.indexing.index_placed"],
    SHELF + "WordingsChanged": ["apps.kb.indexing.index_published"],
}
