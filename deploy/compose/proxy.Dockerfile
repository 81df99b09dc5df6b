# Caddy without root: it needs no capability, because Docker lets a container's process bind low ports.
FROM caddy:2.10-alpine
RUN setcap -r /usr/bin/caddy && addgroup -S -g 10002 caddy && adduser -S -u 10002 -G caddy caddy \
 && chown -R caddy:caddy /data /config
COPY Caddyfile /etc/caddy/Caddyfile
USER 10002
