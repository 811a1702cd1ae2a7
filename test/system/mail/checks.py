"""What must hold in every layout, whoever reads."""
import alias_domains
import courier
import delivery
import disabled
import dovecot
import figures
import hostile
import limits
import login
import maps
import settings
import stack
import submission
import tap


def run(layout, chroot, reader='courier'):
    own = courier if reader == 'courier' else dovecot
    with stack.mail_system(layout, chroot, rows(), read_by=reader):
        maps.check()
        delivery.check()
        own.prepare()
        login.check()
        disabled.check()
        alias_domains.check()
        submission.check()
        limits.check()
        settings.check()
        own.check()
        hostile.check()
        figures.check()
    tap.finish()


def rows():
    with open('test/system/mail/rows.sql', encoding='utf-8') as file:
        return file.read()
