"""What must hold in every layout."""
import delivery
import disabled
import figures
import hostile
import login
import maps
import stack
import tap


def run(layout, chroot):
    with stack.mail_system(layout, chroot, rows()):
        maps.check()
        delivery.check()
        login.check()
        disabled.check()
        hostile.check()
        figures.check()
    tap.finish()


def rows():
    with open('test/mail/rows.sql', encoding='utf-8') as file:
        return file.read()
