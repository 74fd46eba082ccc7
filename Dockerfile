# One image for web, worker, beat, migrate and static; docker-compose.yml says which command each runs.
# `make image-check` takes these steps without an engine (tests/image/).

FROM node:22-bookworm-slim AS assets
WORKDIR /portal
COPY package.json package-lock.json .npmrc ./
RUN npm ci --silent --omit=dev

FROM python:3.11-slim-bookworm
RUN apt-get update -qq \
    && apt-get install -y -qq --no-install-recommends libharfbuzz-subset0 libpango-1.0-0 libpangoft2-1.0-0 make poppler-utils \
    && rm -rf /var/lib/apt/lists/*
RUN groupadd --gid 10001 portal \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /portal --shell /usr/sbin/nologin portal
WORKDIR /portal
ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 XDG_CACHE_HOME=/tmp/cache
COPY requirements/app.txt requirements/app.txt
RUN pip install --no-cache-dir --require-hashes -r requirements/app.txt
COPY --from=assets /portal/node_modules node_modules
COPY . .
# Make takes the packages as installed: -o names what is not to be built again. A checkout made under a strict umask is
# readable all the same, and the volumes begin as the portal's own.
RUN mkdir -p .venv && touch .venv/.python .venv/.node \
    && make -o .venv/.python -o .venv/.node vendor \
    && rm -rf node_modules .venv \
    && SECRET_KEY=only-while-building python manage.py compile_translations \
    && SECRET_KEY=only-while-building python manage.py collectstatic --noinput --verbosity 0 \
    && chmod -R a+rX . \
    && mkdir -p var/media/uploads var/sms /srv/static \
    && chown -R portal:portal var/media var/sms /srv/static
USER portal
EXPOSE 8000
CMD ["gunicorn", "--config=config/gunicorn.py"]
