<?php
/** What this plugin has kept goes with it. */
if ( ! defined( 'WP_UNINSTALL_PLUGIN' ) ) {
	exit;
}
delete_option( 'acudo_chat' );
