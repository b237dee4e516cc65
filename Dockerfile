# Runtime packages. They bundle the workflows too; what the dashboard is built with stays in a stage of its own, so no
# development package is ever in an image.
FROM node:24.21.0-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json ./
# The SDK's native part comes for five platforms; one is used.
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund \
  && find node_modules/@temporalio/core-bridge/releases -mindepth 1 -maxdepth 1 \
    ! -name "$(uname -m)-unknown-linux-gnu" -exec rm -rf {} +

FROM dependencies AS bundle
COPY src ./src
COPY workflows ./workflows
COPY activities ./activities
RUN ["node", "src/worker/bundle.ts", "dist/workflows.js"]

FROM node:24.21.0-slim AS dashboard
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY tsconfig.json ./
COPY src/domain ./src/domain
COPY src/contract ./src/contract
COPY dashboard ./dashboard
RUN ["node", "node_modules/vite/bin/vite.js", "build", "dashboard"]

FROM node:24.21.0-slim
WORKDIR /app
ENV NODE_ENV=production
ENV LEAD_FLOW_WORKFLOW_BUNDLE=/app/dist/workflows.js
COPY --from=dependencies /app/node_modules ./node_modules
COPY --from=bundle /app/dist ./dist
COPY --from=dashboard /app/dist/dashboard ./dist/dashboard
COPY package.json ./
COPY migrations ./migrations
COPY src ./src
COPY workflows ./workflows
COPY activities ./activities
USER node
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
  CMD ["node", "src/deploy/healthcheck.ts", "api"]
CMD ["node", "src/api/main.ts"]
