# Runtime packages. They bundle the workflows too, so no development package is ever in an image.
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

FROM node:24.21.0-slim
WORKDIR /app
ENV NODE_ENV=production
ENV LEAD_FLOW_WORKFLOW_BUNDLE=/app/dist/workflows.js
COPY --from=dependencies /app/node_modules ./node_modules
COPY --from=bundle /app/dist ./dist
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
