# One image, three commands: python -m services.intake | services.alerting | services.reporting; and meldkamer.
FROM python:3.11-slim AS packages
COPY deploy/compose/requirements.lock /
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir --no-deps --require-hashes -r /requirements.lock

FROM python:3.11-slim
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin meldkamer
COPY --from=packages /venv /venv
WORKDIR /app
COPY shared shared
COPY services services
COPY deploy deploy
RUN printf '#!/venv/bin/python\nfrom deploy.cli.main import app\n\napp()\n' > /venv/bin/meldkamer \
 && chmod 755 /venv/bin/meldkamer && python -m compileall -q shared services deploy
ENV PATH=/venv/bin:$PATH PYTHONPATH=/app PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    MELDKAMER_HOST=0.0.0.0 MELDKAMER_CAMPUS=/app/deploy/campus
USER 10001
EXPOSE 8001 8002 8003
CMD ["meldkamer", "--help"]
