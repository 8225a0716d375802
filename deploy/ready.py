"""Ask the service on this machine whether it is ready, or alive: `ready.py [/readyz | /healthz]`.

For the health check of a container. Exit code 0 for yes, 1 for no. The settings are read as the
service reads them, so that it is asked where it listens and by a name that is its own.
"""

import http.client
import os
import sys

from service.config import SettingRefused, load_settings

# Less than the health check waits itself.
PATIENCE_S = 4
ANYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  # nothing is bound here


def main(path: str = "/readyz") -> int:
    """The exit code; what failed goes to standard output."""
    try:
        settings = load_settings(os.environ)
        address = ANYWHERE.get(settings.bind, settings.bind)
        asked = http.client.HTTPConnection(address, settings.port, timeout=PATIENCE_S)
        asked.request("GET", path, headers={"Host": settings.address})
        answer = asked.getresponse()
        print(answer.read().decode(errors="replace"))  # noqa: T201  # it is what is asked for
    except (OSError, SettingRefused, http.client.HTTPException) as error:
        print(error)  # noqa: T201
        return 1
    return int(answer.status != 200)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2]))
