//! How the servers of a test are configured: in one folder, for loopback addresses alone.

use super::{
    DOMAINS, GONE, HOST, LATER, MAIL_OWNER, MESSAGE_BYTES_MAX, MailServer, OPEN_ADDRESS, Ports,
};

impl MailServer {
    pub(super) fn dovecot_config(&self) -> String {
        let (folder, Ports { imap, imaps, .. }) = (self.folder.display(), self.ports);
        format!(
            "base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/dovecot.log
protocols = imap
listen = 127.0.0.1
ssl = yes
ssl_cert = <{folder}/tls.pem
ssl_key = <{folder}/tls.key
ssl_dh =
auth_mechanisms = plain login xoauth2
# Who is wrong is told so at once, and may try again.
auth_failure_delay = 0
mail_location = maildir:{folder}/mail/%u
first_valid_uid = {MAIL_OWNER}
mail_fsync = never
mail_max_userip_connections = 100
local {OPEN_ADDRESS} {{
  ssl = no
  # As people try conversations with by hand.
  disable_plaintext_auth = no
}}
namespace inbox {{
  inbox = yes
  separator = /
}}
passdb {{
  driver = oauth2
  mechanisms = xoauth2
  args = {folder}/oauth2.conf
}}
passdb {{
  driver = passwd-file
  mechanisms = plain login
  args = {folder}/users
}}
userdb {{
  driver = static
  args = uid={MAIL_OWNER} gid={MAIL_OWNER} home={folder}/mail/%u allow_all_users=yes
}}
service imap-login {{
  inet_listener imap {{
    address = 127.0.0.1, {OPEN_ADDRESS}
    port = {imap}
  }}
  inet_listener imaps {{
    address = 127.0.0.1
    port = {imaps}
    ssl = yes
  }}
}}
# Who was wrong before waits for nothing either.
service anvil {{
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service auth {{
  unix_listener postfix {{
    mode = 0666
  }}
}}
"
        )
    }

    pub(super) fn postfix_config(&self) -> String {
        let (folder, domains) = (self.folder.display(), DOMAINS.join(", "));
        let above = std::env::temp_dir();
        let above = above.display();
        format!(
            "compatibility_level = 3.6
queue_directory = {folder}/spool
data_directory = {folder}/data
daemon_directory = /usr/lib/postfix/sbin
maillog_file = {folder}/postfix.log
maillog_file_prefixes = {above}
myhostname = {HOST}
mydestination =
mynetworks =
inet_interfaces = loopback-only
inet_protocols = ipv4
local_recipient_maps =
alias_maps =
recipient_delimiter = +
smtputf8_enable = yes
message_size_limit = {MESSAGE_BYTES_MAX}
virtual_mailbox_limit = 0
virtual_mailbox_domains = {domains}
virtual_mailbox_maps = texthash:{folder}/mailboxes
virtual_mailbox_base = {folder}/mail
virtual_alias_maps = inline:{{ {{ {GONE} = nobody-any-more@lead.test }} }}
virtual_uid_maps = static:{MAIL_OWNER}
virtual_gid_maps = static:{MAIL_OWNER}
virtual_minimum_uid = {MAIL_OWNER}
smtpd_sasl_type = dovecot
smtpd_sasl_path = {folder}/run/postfix
smtpd_sasl_auth_enable = yes
smtpd_sasl_security_options = noanonymous
smtpd_tls_auth_only = yes
smtpd_tls_security_level = may
smtpd_tls_chain_files = {folder}/tls.key, {folder}/tls.pem
smtpd_delay_reject = yes
smtpd_error_sleep_time = 0
smtpd_client_connection_count_limit = 0
smtpd_relay_restrictions = permit_sasl_authenticated, reject
smtpd_recipient_restrictions = check_recipient_access inline:{{ {{ {LATER} = 450 4.2.0 Come back later }} }}
"
        )
    }

    pub(super) fn postfix_services(&self) -> String {
        let Ports { smtp, smtps, smtp_open, .. } = self.ports;
        format!(
            "127.0.0.1:{smtp} inet n - n - - smtpd
127.0.0.1:{smtps} inet n - n - - smtpd
  -o smtpd_tls_wrappermode=yes
127.0.0.1:{smtp_open} inet n - n - - smtpd
  -o smtpd_tls_security_level=none -o smtpd_tls_auth_only=no
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
proxymap unix - - n - - proxymap
error unix - - n - - error
retry unix - - n - - error
smtp unix - - n - - smtp
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
"
        )
    }
}
