<?php
/** As much of WordPress as the plugin calls: what was asked of it is remembered and printed by the test. */
define( 'ABSPATH', __DIR__ );
$GLOBALS['heard'] = array( 'hooks' => array(), 'scripts' => array(), 'errors' => array(), 'json' => null, 'gone' => array() );
$GLOBALS['world'] = json_decode( stream_get_contents( STDIN ), true );

function add_action( $hook, $function ) { $GLOBALS['heard']['hooks'][ $hook ] = $function; }
function add_filter( $hook, $function, $priority = 10, $count = 1 ) { $GLOBALS['heard']['hooks'][ $hook ] = $function; }
function get_option( $name, $otherwise = false ) { return isset( $GLOBALS['world']['option'] ) ? $GLOBALS['world']['option'] : $otherwise; }
function delete_option( $name ) { $GLOBALS['heard']['gone'][] = $name; }
function register_setting( $group, $name, $how ) { $GLOBALS['heard']['setting'] = array( $group, $name, $how['sanitize_callback'] ); }
function add_options_page( $title, $menu, $right, $slug, $function ) { $GLOBALS['heard']['page'] = array( $right, $slug, $function ); }
function add_settings_error( $setting, $code, $text ) { $GLOBALS['heard']['errors'][] = $code; }
function settings_fields( $group ) { echo '<input type="hidden" name="option_page" value="' . $group . '">'; }
function submit_button() { echo '<button>Save</button>'; }
function checked( $one, $other ) { echo $one === $other ? 'checked' : ''; }
function wp_enqueue_script( $handle, $src, $needs, $version, $how ) { $GLOBALS['heard']['scripts'][ $handle ] = array( $src, $how ); }
function plugins_url( $name, $file ) { return 'https://site.example/wp-content/plugins/acudo-chat/' . $name; }
function admin_url( $path ) { return 'https://site.example/wp-admin/' . $path; }
function get_locale() { return 'es_UY'; }
function __( $text, $domain ) { return $text; }
function esc_html( $text ) { return htmlspecialchars( $text, ENT_QUOTES ); }
function esc_attr( $text ) { return htmlspecialchars( $text, ENT_QUOTES ); }
function esc_url( $text ) { return htmlspecialchars( $text, ENT_QUOTES ); }
function wp_json_encode( $value ) { return json_encode( $value ); }
function is_user_logged_in() { return ! empty( $GLOBALS['world']['user'] ); }
function wp_get_current_user() { return (object) $GLOBALS['world']['user']; }
function current_user_can( $right ) { return ! empty( $GLOBALS['world']['is_admin'] ); }
function check_ajax_referer( $action ) { $GLOBALS['heard']['checked'] = $action; }
function wp_create_nonce( $action ) { return 'nonce'; }
function nocache_headers() { $GLOBALS['heard']['uncached'] = true; }
function wp_send_json_success( $data ) { $GLOBALS['heard']['json'] = array( 'success' => true, 'data' => $data ); }
function wp_send_json_error( $data, $status = 200 ) { $GLOBALS['heard']['json'] = array( 'success' => false, 'data' => $data, 'status' => $status ); }
class WP_Error { public function get_error_message() { return 'no route'; } }
function is_wp_error( $answer ) { return $answer instanceof WP_Error; }
function wp_remote_get( $url, $how ) {
	$GLOBALS['heard']['asked'] = array( $url, $how );
	return isset( $GLOBALS['world']['answer'] ) ? $GLOBALS['world']['answer'] : new WP_Error();
}
function wp_remote_retrieve_response_code( $answer ) { return $answer[0]; }
function wp_remote_retrieve_body( $answer ) { return $answer[1]; }
if ( ! empty( $GLOBALS['world']['uninstall'] ) ) {
	define( 'WP_UNINSTALL_PLUGIN', 'acudo-chat' );
	require $argv[1] . '/uninstall.php';
} else {
	require $argv[1] . '/acudo-chat.php';
}
foreach ( $GLOBALS['world']['calls'] as $call ) {
	ob_start();
	$result                       = call_user_func_array( $call[0], $call[1] );
	$GLOBALS['heard']['printed'] = ob_get_clean();
	$GLOBALS['heard']['results'][] = $result;
}
echo json_encode( $GLOBALS['heard'] );
