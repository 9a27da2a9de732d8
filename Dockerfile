# One image per program: docker build --build-arg APP=rules .
# Services: gateway (--target gateway-service) rules clusters config (--target config-service) ai. The sidecar: docker build --target sidecar . (sidecar-configmap with the client of Kubernetes)
ARG NODE_IMAGE=node:24.21.0-bookworm-slim

# Everything is compiled once; the images below share this stage's cache.
FROM ${NODE_IMAGE} AS build
WORKDIR /src
COPY . .
RUN npm ci --ignore-scripts && npm run build
# What a program reads at run time beside its code; most have nothing.
RUN for app in apps/*; do mkdir -p "$app/packs"; done

# The program, the libraries it imports and the packages these need; no compiler, no tests, no sources.
FROM ${NODE_IMAGE} AS packages
ARG APP=gateway
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY apps/${APP}/package.json apps/${APP}/
COPY libs/contracts/package.json libs/contracts/
COPY libs/alerting/package.json libs/alerting/
COPY libs/service-kit/package.json libs/service-kit/
RUN npm ci --omit=dev --ignore-scripts --workspace apps/${APP}
COPY --from=build /src/libs/contracts/dist libs/contracts/dist
COPY --from=build /src/libs/alerting/dist libs/alerting/dist
COPY --from=build /src/libs/service-kit/dist libs/service-kit/dist
COPY --from=build /src/apps/${APP}/dist apps/${APP}/dist
COPY --from=build /src/apps/${APP}/packs apps/${APP}/packs
# The gateway serves the API description that lies beside its package.json.
COPY apps/${APP}/*.json apps/${APP}/

FROM ${NODE_IMAGE} AS sidecar-packages
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY apps/sidecar/package.json apps/sidecar/
# The client of Kubernetes is optional: what pulls does without, and cannot load it by mistake.
RUN npm ci --omit=dev --omit=optional --ignore-scripts --workspace apps/sidecar
COPY --from=build /src/apps/sidecar/dist apps/sidecar/dist

FROM sidecar-packages AS sidecar-configmap-packages
RUN npm ci --omit=dev --ignore-scripts --workspace apps/sidecar

# Beside one Prometheus or Alertmanager, as the user that these images run as: both sides write and read the same files.
# It has no port, so there is nothing to probe: it ends when it cannot go on, and AlertAgent notices its silence.
FROM ${NODE_IMAGE} AS sidecar
ENV NODE_ENV=production
COPY --from=sidecar-packages --chown=root:root /app /app
WORKDIR /app/apps/sidecar
USER 65534:65534
ENTRYPOINT ["node", "--max-semi-space-size=1", "--max-old-space-size=24", "--lite-mode", "dist/main.js"]

# Writes a ConfigMap (TRANSPORT=configmap) instead: with the client of Kubernetes, and the heap which that needs.
FROM sidecar AS sidecar-configmap
COPY --from=sidecar-configmap-packages --chown=root:root /app /app
ENTRYPOINT ["node", "--max-semi-space-size=1", "--max-old-space-size=64", "--lite-mode", "dist/main.js"]

# Judges what it renders with the tools of the real programs, so it carries them.
FROM prom/prometheus:v3.5.0 AS prometheus
FROM prom/alertmanager:v0.28.1 AS alertmanager

# A service. `migrate` as argument brings its database up to date and ends.
FROM ${NODE_IMAGE} AS service
ARG APP=gateway
RUN mkdir -p /var/lib/alertagent && chown node:node /var/lib/alertagent
ENV NODE_ENV=production \
    ALERTAGENT_DATA_DIR=/var/lib/alertagent \
    ALERTAGENT_OPS_PORT=8090
COPY --from=packages --chown=root:root /app /app
WORKDIR /app/apps/${APP}
USER node
VOLUME /var/lib/alertagent
EXPOSE 8080 8081 8090
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.ALERTAGENT_OPS_PORT}/ready`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "--max-semi-space-size=16", "--max-old-space-size=256", "--disable-proto=delete", "dist/main.js"]

# From its bundle, so that it answers soon after a crash.
FROM service AS gateway-service
ENTRYPOINT ["node", "--max-semi-space-size=16", "--max-old-space-size=256", "--disable-proto=delete", "dist/bundle/main.js"]

FROM service AS config-service
COPY --from=prometheus /bin/promtool /usr/local/bin/promtool
COPY --from=alertmanager /bin/amtool /usr/local/bin/amtool

# What a plain `docker build` makes.
FROM service
