# Broadsheet with all that it needs to make a site: docs/start.md says how to use the image. It is made of the wheels in dist/
# (`make wheels`).
FROM debian:13-slim

RUN apt-get update \
 && apt-get install --yes --no-install-recommends ca-certificates chromium-headless-shell git openssh-client python3-venv \
 && rm -rf /var/lib/apt/lists/*

RUN --mount=type=bind,source=dist,target=/dist \
    python3 -m venv /opt/broadsheet \
 && /opt/broadsheet/bin/pip install --no-cache-dir --no-compile --disable-pip-version-check --find-links /dist \
      "broadsheet[files,jupytext,lsp,newsletter,pictures,preview]" \
 && ln -s /opt/broadsheet/bin/broadsheet /usr/local/bin/

# Notebooks do not run as root.
RUN useradd --create-home --uid 1000 writer
USER writer
WORKDIR /publication

ENTRYPOINT ["broadsheet"]
CMD ["--help"]
