"""What must hold in every layout."""
import alias_domains
import delivery
import disabled
import figures
import hostile
import limits
import login
import maps
import settings
import stack
import submission
import tap


def run(layout, chroot):
    with stack.mail_system(layout, chroot, rows()):
        maps.check()
        delivery.check()
        login.check()
        disabled.check()
        alias_domains.check()
        submission.check()
        limits.check()
        settings.check()
        hostile.check()
        figures.check()
    tap.finish()


def rows():
    with open('test/mail/rows.sql', encoding='utf-8') as file:
        return file.read()
