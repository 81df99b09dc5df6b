"""HTML pages: render in the reader's language and theme, the shared style and script files, the log-in page."""

from pathlib import Path
from urllib.parse import urlsplit

from fastapi import APIRouter, FastAPI, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.staticfiles import StaticFiles

from shared import auth as people
from shared.auth import Auth
from shared.i18n import COOKIE, THEME_COOKIE, environment, language_of
from shared.log_in import LogIns, No
from shared.words import Language

STATIC = Path(__file__).parent / "static"
YEAR_S = 365 * 24 * 3600
THEMES = ("light", "dark", "auto")


class Pages:
    """Renders the templates of one service, its own folder first, then the shared ones."""

    def __init__(self, package: str, prefix: str) -> None:
        self._packages = (package, "shared")
        self._prefix = prefix

    def render(self, request: Request, template: str, status: int = 200, **values: object) -> HTMLResponse:
        """A page; every template gets prefix, language, theme and path."""
        language = language_of(request)
        theme = request.query_params.get("theme") or request.cookies.get(THEME_COOKIE, "auto")
        html = (
            environment(self._packages, language)
            .get_template(template)
            .render(
                prefix=self._prefix,
                theme=theme if theme in THEMES else "auto",
                path=_here(request),
                languages=[choice.value for choice in Language],
                **values,
            )
        )
        return HTMLResponse(html, status)

    def mount(self, app: FastAPI, own_static: Path | None = None) -> None:
        """Serve `/<prefix>/static/shared/...` and the service's own `/<prefix>/static/...`."""
        app.mount(f"{self._prefix}/static/shared", StaticFiles(directory=STATIC))
        if own_static is not None:
            app.mount(f"{self._prefix}/static", StaticFiles(directory=own_static))

    def preferences(self) -> APIRouter:
        """`POST /<prefix>/preferences` keeps language and theme in cookies and goes back; works without script."""
        router = APIRouter(prefix=self._prefix, include_in_schema=False)

        @router.post("/preferences")
        async def preferences(lang: str = Form(""), theme: str = Form(""), back: str = Form("/")) -> Response:
            answer = RedirectResponse(_local(back), 303)
            if lang in tuple(Language):
                answer.set_cookie(COOKIE, lang, YEAR_S, samesite="lax")
            if theme in THEMES:
                answer.set_cookie(THEME_COOKIE, theme, YEAR_S, samesite="lax")
            return answer

        return router

    def log_in(self, auth: Auth, home: str) -> APIRouter:
        """The log-in page of the service: local accounts; the session cookie holds for the whole product."""
        router = APIRouter(prefix=self._prefix, include_in_schema=False)
        log_ins = LogIns(auth)

        @router.get("/login")
        async def form(request: Request, back: str = home) -> HTMLResponse:
            return self.render(request, "login.html", back=_local(back), no=None)

        @router.post("/login")
        async def log_in(
            request: Request, username: str = Form(...), password: str = Form(...), back: str = Form(home)
        ) -> Response:
            session = await log_ins.session(username, password, request.client.host if request.client else "")
            if isinstance(session, No):
                refused = self.render(request, "login.html", session.status, back=_local(back), no=session)
                refused.headers.update(session.headers)
                return refused
            answer = RedirectResponse(_local(back), 303)
            secure = request.headers.get("x-forwarded-proto", request.url.scheme) == "https"
            answer.set_cookie(people.COOKIE, session, people.SESSION_S, httponly=True, secure=secure, samesite="lax")
            return answer

        @router.post("/logout")
        async def log_out() -> Response:
            answer = RedirectResponse(f"{self._prefix}/login", 303)
            answer.delete_cookie(people.COOKIE)
            return answer

        return router


def _here(request: Request) -> str:
    """The path with its query, so that a signed link keeps its token; language and theme are asked of the cookies."""
    asked = request.url.remove_query_params(["lang", "theme"])
    return f"{asked.path}?{asked.query}" if asked.query else asked.path


def _local(target: str) -> str:
    """Only a path of our own may be gone back to."""
    try:
        elsewhere = bool(urlsplit(target).netloc)
    except ValueError:
        return "/"
    return target if target.startswith("/") and not elsewhere and not target.startswith(("//", "/\\")) else "/"
