"""Pictures of floor plans: a drawing made here, counters put on it by the administrator's form."""

from typing import TYPE_CHECKING

from playwright.sync_api import Page, expect

if TYPE_CHECKING:
    from tools.docs.screenshots import Camera

AREA = "shimin"
DRAWING = """<svg xmlns="http://www.w3.org/2000/svg" width="1200" height="520">
<path fill="#e6e6e6" d="M80 180h240v60H80zM480 180h240v60H480zM880 180h240v60H880z"/>
<path fill="none" stroke="#4d4d4d" stroke-width="6"
d="M20 20h1160v480H20zM20 320h300M440 320h320M880 320h300M420 320v180M800 320v180"/></svg>"""
PLACES = {"counter-1": (17, 40), "counter-2": (50, 40)}


def take_floor_plan(admin: Page, live: Page, camera: "Camera") -> None:
    """Draw, place, and show it on the live page."""
    admin.set_viewport_size({"width": 1200, "height": 520})
    admin.set_content(f"<body style='margin:0'>{DRAWING}</body>")
    drawn = admin.screenshot()
    camera.take(admin, "plans-none", "plans")
    camera.take(admin, "plan-empty", f"plans/{AREA}")
    admin.locator("#drawing").set_input_files({"name": "plan.png", "mimeType": "image/png", "buffer": drawn})
    admin.locator("#upload .action").click()
    for unit, (x, y) in PLACES.items():
        admin.locator(f"[name=x-{unit}]").fill(str(x))
        admin.locator(f"[name=y-{unit}]").fill(str(y))
    admin.locator("#places .action").click()
    expect(admin.locator(".said")).to_be_visible()
    camera.take(admin, "plan", f"plans/{AREA}")
    camera.take(admin, "plans", "plans")
    camera.take(live, "live-plan", "?view=plan")
    camera.take(live, "live-plan-wall", "?wall=1&view=plan")
