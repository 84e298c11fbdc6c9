"""The only door to the network: sends requests, tries reads again, and never shows a secret."""

import base64
import json as jsonlib
import logging
import re
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import quote, quote_plus

import requests
import tenacity
from requests.auth import AuthBase

Params = Mapping[str, str | int] | Sequence[tuple[str, str | int]]
Headers = Mapping[str, str]

#: Seconds that a read waits at most before it tries again; where a remote asks for more, its error is raised.
LONGEST_WAIT = 120
_PASSING = frozenset({408, 429, 500, 502, 503, 504})
_SENSITIVE = re.compile(r"authoriz|token|secret|passw|api.?key|cookie", re.IGNORECASE)
_EXCERPT = 300

logger = logging.getLogger(__name__)


class ConfigError(Exception):
    """Settings cannot work. The message names the setting and how to mend it."""


class RemoteError(Exception):
    """A remote did not do what it was asked. `message` cites method and address and is safe to print."""

    def __init__(
        self, message: str, *, status: int | None = None, body: str = "", retry_after: float | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.status = status  #: of the answer; None: there was none
        self.body = body  #: the answer's beginning, redacted
        self.retry_after = retry_after  #: seconds that the remote asks us to wait


class Transient(RemoteError):
    """No answer, a cut connection, a busy server: it may pass. Whether a write was done is unknown."""


class AuthFailed(RemoteError):
    """401 or 403: the credentials or their rights do not suffice."""


class Refused(RemoteError):
    """The remote understood and said no."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a remote answered with an expected status."""

    status: int
    headers: Mapping[str, str]  #: names in any case
    data: Any  #: parsed JSON, its fractions as Decimal; None: the answer had no body
    text: str


class _NoAuth(AuthBase):
    """Keeps `requests` from putting a password of ~/.netrc in place of our own Authorization header."""

    def __call__(self, r: requests.PreparedRequest) -> requests.PreparedRequest:
        return r


class Session:
    """A remote at one address, with its secrets. Made by the hall, handed to an adapter."""

    def __init__(
        self,
        base_url: str,
        *,
        secrets: Mapping[str, str] | None = None,
        timeout: tuple[float, float] = (10, 60),
        attempts: int = 4,
        headers: Headers | None = None,
        auth: tuple[str, str] | AuthBase | None = None,
        sleep: Callable[[float], object] = time.sleep,
        stop: Callable[[], bool] = lambda: False,
        before_write: Callable[[], object] = lambda: None,
    ) -> None:
        """Prepare; nothing is sent.

        Args:
            base_url: http or https, without user and password; paths are appended to it.
            secrets: by name, what `secret` hands out; none of the values is ever printed.
            timeout: seconds to connect, seconds of silence while reading.
            attempts: how often a read is tried in all.
            headers: sent with every request.
            auth: as `requests` takes it.
            sleep: waits so many seconds; an `Event.wait` lets `stop` cut it short.
            stop: once it is true, nothing is tried again.
            before_write: called just before a write goes out; what it raises keeps it back.

        Raises:
            ConfigError: the address cannot work.
        """
        self.base_url = _checked(base_url)
        self.requests = 0  #: how many requests were sent
        self._secrets = dict(secrets or {})
        self._concealed = {value for value in self._secrets.values() if value}
        self._timeout = timeout
        self._sleep = sleep
        self._stop, self._before_write = stop, before_write
        self._http = requests.Session()
        self._http.headers.update({"Accept": "application/json", "User-Agent": "deskbill", **(headers or {})})
        self._http.auth = auth or _NoAuth()
        self._conceal((headers or {}).items())
        if isinstance(auth, tuple):
            self._concealed |= {auth[1], base64.b64encode(":".join(auth).encode()).decode()}
        self._retrying = tenacity.Retrying(
            retry=tenacity.retry_if_exception(_worth_another_try),
            stop=lambda state: state.attempt_number >= attempts or stop(),
            wait=_wait,
            sleep=self._pause,
            reraise=True,
        )

    def __repr__(self) -> str:
        return f"Session({self.base_url!r})"

    def secret(self, name: str) -> str:
        """Hand out a secret that the configuration names.

        Raises:
            ConfigError: there is none of that name.
        """
        if not self._secrets.get(name):
            raise ConfigError(f"the secret '{name}' is not set; run 'deskbill secret set {name}'")
        return self._secrets[name]

    def read(
        self,
        method: str,
        path: str,
        *,
        params: Params | None = None,
        json: Any = None,
        headers: Headers | None = None,
        expect: Sequence[int] = (200,),
    ) -> Answer:
        """Ask for something that changes nothing. What may pass is tried again.

        Raises:
            RemoteError: one of its three kinds.
            ConfigError: the address or its certificate cannot work.
        """
        pairs = list(params.items()) if isinstance(params, Mapping) else params
        request = requests.Request(method, self._address(path), headers=headers, params=pairs, json=json)
        answer: Answer = self._retrying(self._exchange, request, expect)
        return answer

    def write(
        self,
        method: str,
        path: str,
        *,
        json: Any = None,
        headers: Headers | None = None,
        expect: Sequence[int] = (200, 201),
    ) -> Answer:
        """Change something, with exactly one request. After `Transient` it is unknown whether it was done.

        Raises:
            RemoteError: one of its three kinds.
            ConfigError: the address or its certificate cannot work.
        """
        self._before_write()
        request = requests.Request(method, self._address(path), headers=headers, json=json)
        return self._exchange(request, expect)

    def close(self) -> None:
        """Drop open connections."""
        self._http.close()

    def _address(self, path: str) -> str:
        return f"{self.base_url}/{path.lstrip('/')}"

    def _exchange(self, request: requests.Request, expect: Sequence[int]) -> Answer:
        self._conceal([*request.headers.items(), *request.params])
        response = self._send(request)
        where = f"{request.method} {response.url}"
        logger.debug("%s: %s", self._redacted(where), response.status_code)
        text = _text(response)
        if response.status_code not in expect:
            raise self._error(where, response, text)
        return Answer(response.status_code, response.headers, self._json(where, response, text), text)

    def _send(self, request: requests.Request) -> requests.Response:
        failure: Exception
        try:
            prepared = self._http.prepare_request(request)
            settings = self._http.merge_environment_settings(prepared.url or "", {}, None, None, None)
            self.requests += 1
            return self._http.send(prepared, timeout=self._timeout, allow_redirects=False, **settings)
        except (requests.RequestException, UnicodeEncodeError) as error:
            failure = self._failure(f"{request.method} {request.url}", error)
        # Raised out here: the original's text, which may hold a secret, is not kept as the context.
        raise failure

    def _failure(self, where: str, error: Exception) -> Exception:
        if isinstance(error, ValueError):
            return ConfigError(self._redacted(f"{where}: cannot be sent; mend 'url' or the secret: {error}"))
        if "CERTIFICATE_VERIFY_FAILED" in str(error):
            remedy = "name the file of the authority that signed it in the environment: REQUESTS_CA_BUNDLE"
            return ConfigError(self._redacted(f"{where}: the server's certificate does not verify; {remedy}"))
        kind = "no answer in time" if isinstance(error, requests.Timeout) else "no connection, or it was cut"
        return Transient(self._redacted(f"{where}: {kind}"))

    def _error(self, where: str, response: requests.Response, text: str) -> RemoteError:
        printed = "".join(char if char.isprintable() else " " for char in text)
        status, body = response.status_code, self._redacted(" ".join(printed.split()))[:_EXCERPT]
        message = self._redacted(f"{where}: {status}: ") + body
        if status in (401, 403):
            return AuthFailed(f"{message}; is the secret right, its user allowed?", status=status, body=body)
        if status in _PASSING:
            retry_after = _seconds(response.headers.get("Retry-After", ""))
            return Transient(message, status=status, body=body, retry_after=retry_after)
        if response.is_redirect:
            message += f" (moved to {self._redacted(response.headers['Location'])}; mend 'url')"
        return Refused(message, status=status, body=body)

    def _json(self, where: str, response: requests.Response, text: str) -> Any:
        if not text and response.status_code != requests.codes.ok:
            return None
        if "json" not in response.headers.get("Content-Type", ""):
            message = f"{where}: {response.status_code}, but no JSON (a maintenance page? a wrong 'url'?)"
            raise Transient(self._redacted(message), status=response.status_code)
        try:
            return jsonlib.loads(text, parse_float=Decimal)
        except ValueError:
            message = f"{where}: {response.status_code}, but its JSON is broken or cut"
        raise Transient(self._redacted(message), status=response.status_code)

    def _pause(self, seconds: float) -> None:
        self._sleep(seconds)
        if self._stop():
            raise Transient(f"{self.base_url}: stopped while waiting to try again")

    def _conceal(self, pairs: Iterable[tuple[str, object]]) -> None:
        """Remember values of telling names, such as a session token that the remote gave us."""
        self._concealed |= {str(value) for name, value in pairs if _SENSITIVE.search(name) and value}

    def _redacted(self, text: str) -> str:
        # Longest first: a secret may be the beginning of another.
        for value in sorted(self._concealed, key=len, reverse=True):
            for form in (value, quote(value, safe=""), quote_plus(value), jsonlib.dumps(value)[1:-1]):
                text = text.replace(form, "***")
        return text


def _checked(base_url: str) -> str:
    if not re.fullmatch(r"https?://[^@?#\s/]+(/[^@?#\s]*)?", base_url):
        raise ConfigError(
            "url: write a web address as https://desk.example, without user, password, query and fragment; "
            "a password belongs in a secret"
        )
    return base_url.rstrip("/")


def _text(response: requests.Response) -> str:
    """Decode the body. JSON without a charset is UTF-8 (RFC 8259); `requests` would guess."""
    stated = "charset" in response.headers.get("Content-Type", "")
    return response.text if stated else response.content.decode(errors="replace")


def _seconds(retry_after: str) -> float | None:
    """Read a Retry-After header in either form (RFC 9110, 10.2.3)."""
    if retry_after.strip().isdigit():
        return int(retry_after)
    try:
        at = parsedate_to_datetime(retry_after)
    except ValueError:
        return None
    return max(0.0, (at.replace(tzinfo=at.tzinfo or UTC) - datetime.now(UTC)).total_seconds())


def _worth_another_try(error: BaseException) -> bool:
    return isinstance(error, Transient) and (error.retry_after or 0) <= LONGEST_WAIT


_backoff = tenacity.wait_exponential_jitter(initial=1, max=30)


def _wait(state: tenacity.RetryCallState) -> float:
    error = state.outcome and state.outcome.exception()
    asked = error.retry_after if isinstance(error, Transient) else None
    return _backoff(state) if asked is None else asked
