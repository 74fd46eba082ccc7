# One image for web, worker, beat and migrate; docker-compose.yml says which command each runs.

FROM node:22-bookworm-slim AS assets
WORKDIR /portal
COPY package.json package-lock.json .npmrc ./
RUN npm ci --silent --omit=dev

FROM python:3.11-slim-bookworm
RUN apt-get update -qq \
    && apt-get install -y -qq --no-install-recommends libharfbuzz-subset0 libpango-1.0-0 libpangoft2-1.0-0 make poppler-utils \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --home-dir /portal portal
WORKDIR /portal
ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
COPY requirements/app.txt requirements/app.txt
RUN pip install --no-cache-dir --require-hashes -r requirements/app.txt
COPY --from=assets /portal/node_modules node_modules
COPY . .
# Make takes the packages as installed: -o names what is not to be built again.
RUN mkdir -p .venv && touch .venv/.python .venv/.node \
    && make -o .venv/.python -o .venv/.node vendor \
    && rm -rf node_modules .venv \
    && SECRET_KEY=only-while-building python manage.py compile_translations \
    && SECRET_KEY=only-while-building python manage.py collectstatic --noinput --verbosity 0 \
    && mkdir -p var/media/uploads && chown -R portal var/media
USER portal
EXPOSE 8000
CMD ["gunicorn", "config.wsgi", "--bind=0.0.0.0:8000", "--worker-class=gthread", "--workers=2", "--threads=4", "--no-control-socket"]
