"""Files that come with a request: none of them stays open when it is over."""

from typing import IO, Any

from flask import Request


class ClosingRequest(Request):
    """A request that also closes the files of a body that broke off, which nobody has been given to close."""

    def _get_file_stream(self, *args: Any, **kwargs: Any) -> IO[bytes]:  # noqa: ANN401 - as the library calls it
        stream = super()._get_file_stream(*args, **kwargs)
        self.__dict__.setdefault("begun", []).append(stream)
        return stream

    def close(self) -> None:
        """Close every file that came, and every one that began to come."""
        super().close()
        for stream in self.__dict__.get("begun", ()):
            stream.close()
