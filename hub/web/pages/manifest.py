"""What a browser needs to install the live page beside other programs. Nothing is cached for it: a page that
shows alarms must come from the hub."""

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from hub.web.auth import public
from hub.web.pages.rendering import pages_of

router = APIRouter()


@router.get("/manifest.webmanifest", dependencies=[public])
async def manifest(request: Request) -> Response:
    """The web application manifest in the language of the page."""
    words = pages_of(request).words(request)
    sizes = (("any", "icon.svg", "image/svg+xml"), ("192x192", "icon-192.png", "image/png"))
    icons = [*sizes, ("512x512", "icon-512.png", "image/png")]
    told = {
        "name": words("Madomori"),
        "short_name": words("Madomori"),
        "description": words("Alarms of the counters, until somebody answers"),
        "lang": words.language,
        "id": "/",
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "background_color": "#ffffff",
        "theme_color": "#ffffff",
        "icons": [{"src": f"/static/{file}", "sizes": size, "type": media} for size, file, media in icons],
        "shortcuts": [{"name": words("Wall screen, without controls"), "url": "/?wall=1"}],
    }
    return JSONResponse(told, media_type="application/manifest+json")
