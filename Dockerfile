# One image for the worker and the server. Debian, not Alpine: Temporal's native library needs glibc.
FROM node:24-bookworm-slim AS packages
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# No install scripts: the native libraries arrive as ready-made packages.
RUN npm ci --omit=dev --ignore-scripts

# The bundle of the command line. The program compares it with the sources by size and time, and layers of an image keep
# whole seconds only, so every file gets such a time first.
FROM packages AS program
COPY bin ./bin
COPY src ./src
COPY workflows ./workflows
COPY activities ./activities
# The CLI knows how to start a sandbox; in a container without Go and without a whole loopback network it will say that it cannot.
COPY sandbox ./sandbox
COPY scripts ./scripts
RUN find . -type f -exec touch -d 2020-01-01T00:00:00Z {} + \
  && node scripts/bundle.mjs \
  && rm -rf node_modules/rolldown node_modules/@rolldown
# The workflow code too: its compiler writes its native library into a folder that only its account can write, and a pod
# whose file system is read-only has none.
RUN node scripts/bundle-workflows.ts

FROM node:24-bookworm-slim
WORKDIR /app
ENV NODE_ENV=production SLUICE_HOME=/var/lib/sluice
# The account has a number that clusters can demand: the chart in deploy/ runs it as 1001, in a read-only file system.
RUN groupadd --gid 1001 sluice && useradd --uid 1001 --gid 1001 --home-dir /var/lib/sluice --create-home sluice
COPY --from=program /app ./
USER 1001:1001
ENTRYPOINT ["node", "bin/sluice.mjs"]
CMD ["serve"]
