<?php
/**
 * Plugin Name:       Acudo Chat
 * Description:       Puts the chat of your Acudo help desk on every page of this site.
 * Version:           1.0.0
 * Requires at least: 6.3
 * Requires PHP:      7.4
 * License:           GPLv2 or later
 * Text Domain:       acudo-chat
 */

if ( ! defined( 'ABSPATH' ) ) {
	exit;
}

const ACUDO_CHAT_OPTION = 'acudo_chat';
const ACUDO_CHAT_PROOF_SECONDS = 300;

add_action( 'admin_init', 'acudo_chat_register' );
add_action( 'admin_menu', 'acudo_chat_menu' );
add_action( 'wp_enqueue_scripts', 'acudo_chat_enqueue' );
add_filter( 'script_loader_tag', 'acudo_chat_tag', 10, 2 );
add_action( 'wp_ajax_acudo_chat_test', 'acudo_chat_test' );
add_action( 'wp_ajax_acudo_chat_proof', 'acudo_chat_send_proof' );

/** What is set: address of the desk, key of the channel, side, key that people are signed with. */
function acudo_chat_settings() {
	$kept = get_option( ACUDO_CHAT_OPTION, array() );
	return array_merge(
		array(
			'desk'         => '',
			'key'          => '',
			'side'         => '',
			'identity_key' => '',
		),
		is_array( $kept ) ? $kept : array()
	);
}

function acudo_chat_register() {
	register_setting(
		'acudo_chat',
		ACUDO_CHAT_OPTION,
		array(
			'type'              => 'array',
			'sanitize_callback' => 'acudo_chat_clean',
		)
	);
}

function acudo_chat_menu() {
	add_options_page( __( 'Acudo Chat', 'acudo-chat' ), __( 'Acudo Chat', 'acudo-chat' ), 'manage_options', 'acudo-chat', 'acudo_chat_page' );
}

/** Only an https address (http on this machine), only a key of the right form; an empty secret keeps the old one. */
function acudo_chat_clean( $given ) {
	$kept  = acudo_chat_settings();
	$given = is_array( $given ) ? $given : array();
	$desk  = rtrim( trim( (string) ( isset( $given['desk'] ) ? $given['desk'] : '' ) ), '/' );
	$key   = trim( (string) ( isset( $given['key'] ) ? $given['key'] : '' ) );
	if ( ! acudo_chat_is_desk( $desk ) ) {
		add_settings_error( ACUDO_CHAT_OPTION, 'desk', __( 'Write the address of the desk, for example https://desk.example.org.', 'acudo-chat' ) );
		$desk = $kept['desk'];
	}
	if ( ! preg_match( '/^c_[a-z0-9]{8,38}$/D', $key ) ) {
		add_settings_error( ACUDO_CHAT_OPTION, 'key', __( 'Copy the key from the page of the channel; it begins with c_.', 'acudo-chat' ) );
		$key = $kept['key'];
	}
	$secret = trim( (string) ( isset( $given['identity_key'] ) ? $given['identity_key'] : '' ) );
	if ( '' !== $secret && strlen( $secret ) < 32 ) {
		add_settings_error( ACUDO_CHAT_OPTION, 'identity_key', __( 'The key for people needs at least 32 characters.', 'acudo-chat' ) );
		$secret = '';
	}
	return array(
		'desk'         => $desk,
		'key'          => $key,
		'side'         => isset( $given['side'] ) && 'left' === $given['side'] ? 'left' : '',
		'identity_key' => '' !== $secret ? $secret : $kept['identity_key'],
	);
}

function acudo_chat_is_desk( $address ) {
	return (bool) preg_match( '~^(https://[a-z0-9.-]+(:\d{1,5})?|http://(localhost|127\.0\.0\.1)(:\d{1,5})?)$~Di', $address );
}

/** Where the one script comes from; '' while something is missing. */
function acudo_chat_address() {
	$settings = acudo_chat_settings();
	if ( '' === $settings['desk'] || '' === $settings['key'] ) {
		return '';
	}
	return $settings['desk'] . '/widget/' . rawurlencode( $settings['key'] ) . '.js';
}

function acudo_chat_enqueue() {
	$address = acudo_chat_address();
	if ( '' === $address ) {
		return;
	}
	wp_enqueue_script(
		'acudo-chat',
		$address,
		array(),
		null,
		array(
			'strategy'  => 'async',
			'in_footer' => true,
		)
	);
	if ( is_user_logged_in() && '' !== acudo_chat_settings()['identity_key'] ) {
		// The proof itself never stands in the page: pages are kept in caches.
		wp_enqueue_script( 'acudo-chat-identify', plugins_url( 'identify.js', __FILE__ ), array( 'acudo-chat' ), '1.0.0', array( 'in_footer' => true ) );
	}
}

/** Attributes that WordPress does not write by itself. */
function acudo_chat_tag( $tag, $handle ) {
	if ( 'acudo-chat-identify' === $handle ) {
		return str_replace( ' src=', ' data-proof="' . esc_url( admin_url( 'admin-ajax.php?action=acudo_chat_proof' ) ) . '" src=', $tag );
	}
	if ( 'acudo-chat' !== $handle ) {
		return $tag;
	}
	$more = ' data-lang="' . esc_attr( substr( get_locale(), 0, 2 ) ) . '"';
	if ( 'left' === acudo_chat_settings()['side'] ) {
		$more .= ' data-side="left"';
	}
	return str_replace( ' src=', $more . ' src=', $tag );
}

/** A proof for the person who is signed in here, good for five minutes and for one browser. */
function acudo_chat_proof( $user, $now ) {
	$settings = acudo_chat_settings();
	$head     = array(
		'alg' => 'HS256',
		'typ' => 'JWT',
	);
	$claims   = array(
		'sub'   => 'wp-' . $user->ID,
		'aud'   => $settings['key'],
		'exp'   => $now + ACUDO_CHAT_PROOF_SECONDS,
		'jti'   => bin2hex( random_bytes( 16 ) ),
		'name'  => $user->display_name,
		'email' => $user->user_email,
	);
	$signed   = acudo_chat_part( wp_json_encode( $head ) ) . '.' . acudo_chat_part( wp_json_encode( $claims ) );
	return $signed . '.' . acudo_chat_part( hash_hmac( 'sha256', $signed, $settings['identity_key'], true ) );
}

function acudo_chat_part( $bytes ) {
	return rtrim( strtr( base64_encode( $bytes ), '+/', '-_' ), '=' );
}

function acudo_chat_send_proof() {
	nocache_headers();
	if ( ! is_user_logged_in() || '' === acudo_chat_settings()['identity_key'] ) {
		wp_send_json_error( array(), 403 );
		return;
	}
	wp_send_json_success( array( 'proof' => acudo_chat_proof( wp_get_current_user(), time() ) ) );
}

/** The test button: is there a chat at that address? Asked from the server, said in words. */
function acudo_chat_test() {
	check_ajax_referer( 'acudo_chat_test' );
	if ( ! current_user_can( 'manage_options' ) ) {
		wp_send_json_error( array( 'text' => __( 'You may not do this.', 'acudo-chat' ) ), 403 );
		return;
	}
	$address = acudo_chat_address();
	if ( '' === $address ) {
		wp_send_json_error( array( 'text' => __( 'Save the address and the key first.', 'acudo-chat' ) ) );
		return;
	}
	$answer = wp_remote_get( $address, array( 'timeout' => 5, 'redirection' => 0 ) );
	if ( is_wp_error( $answer ) ) {
		/* translators: %s: what went wrong */
		wp_send_json_error( array( 'text' => sprintf( __( 'The desk does not answer: %s', 'acudo-chat' ), $answer->get_error_message() ) ) );
		return;
	}
	if ( 200 !== wp_remote_retrieve_response_code( $answer ) || false === strpos( wp_remote_retrieve_body( $answer ), 'Acudo' ) ) {
		wp_send_json_error( array( 'text' => __( 'There is no chat with this key at this address.', 'acudo-chat' ) ) );
		return;
	}
	wp_send_json_success( array( 'text' => __( 'The chat answers. Is this site among the allowed ones of the channel?', 'acudo-chat' ) ) );
}

function acudo_chat_page() {
	if ( ! current_user_can( 'manage_options' ) ) {
		return;
	}
	$settings = acudo_chat_settings();
	wp_enqueue_script( 'acudo-chat-admin', plugins_url( 'admin.js', __FILE__ ), array(), '1.0.0', array( 'in_footer' => true ) );
	?>
<div class="wrap"><h1><?php echo esc_html( __( 'Acudo Chat', 'acudo-chat' ) ); ?></h1>
<form method="post" action="options.php"><?php settings_fields( 'acudo_chat' ); ?>
<table class="form-table" role="presentation">
<tr><th scope="row"><label for="acudo-desk"><?php echo esc_html( __( 'Address of the desk', 'acudo-chat' ) ); ?></label></th>
<td><input class="regular-text" id="acudo-desk" type="url" name="acudo_chat[desk]" value="<?php echo esc_attr( $settings['desk'] ); ?>" placeholder="https://desk.example.org" required></td></tr>
<tr><th scope="row"><label for="acudo-key"><?php echo esc_html( __( 'Key of the channel', 'acudo-chat' ) ); ?></label></th>
<td><input class="regular-text" id="acudo-key" name="acudo_chat[key]" value="<?php echo esc_attr( $settings['key'] ); ?>" required></td></tr>
<tr><th scope="row"><?php echo esc_html( __( 'Side', 'acudo-chat' ) ); ?></th>
<td><label><input type="checkbox" name="acudo_chat[side]" value="left" <?php checked( $settings['side'], 'left' ); ?>> <?php echo esc_html( __( 'On the left', 'acudo-chat' ) ); ?></label></td></tr>
<tr><th scope="row"><label for="acudo-identity"><?php echo esc_html( __( 'Key for people who are signed in', 'acudo-chat' ) ); ?></label></th>
<td><input class="regular-text" id="acudo-identity" type="password" name="acudo_chat[identity_key]" autocomplete="off" minlength="32">
<p class="description"><?php echo esc_html( '' === $settings['identity_key'] ? __( 'Optional: the same key as on the page of the channel.', 'acudo-chat' ) : __( 'It is set. Write a new one to replace it.', 'acudo-chat' ) ); ?></p></td></tr>
</table><?php submit_button(); ?></form>
<p><button type="button" class="button" id="acudo-test" data-address="<?php echo esc_url( admin_url( 'admin-ajax.php' ) ); ?>" data-nonce="<?php echo esc_attr( wp_create_nonce( 'acudo_chat_test' ) ); ?>"><?php echo esc_html( __( 'Test the connection', 'acudo-chat' ) ); ?></button> <span id="acudo-test-said" role="status"></span></p></div>
	<?php
}
