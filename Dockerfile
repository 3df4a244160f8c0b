# The worker. Build: docker build -t limner-worker .      The trainer: docker build --target trainer -t limner-trainer .
# Run:   docker run --read-only --tmpfs /tmp -v limner-store:/var/lib/limner -e LIMNER_WORKER_BOOTSTRAP=kafka:9092 limner-worker
FROM docker.io/library/eclipse-temurin:25-jdk AS build
ENV LC_ALL=C.UTF-8
RUN apt-get update && apt-get install -y --no-install-recommends maven && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY . .
RUN --mount=type=cache,target=/root/.m2 \
    mvn -B -q -ntp -Dmaven.test.skip=true -Dspotless.check.skip=true -pl worker,trainer -am package

FROM docker.io/library/eclipse-temurin:25-jre AS runtime
# libgomp is what libtorch's threads are made with; the JRE image has no C++ runtime of its own.
RUN apt-get update && apt-get install -y --no-install-recommends libgomp1 libstdc++6 && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --home-dir /opt/limner limner \
    && mkdir -p /var/lib/limner && chown limner /var/lib/limner
COPY --from=build /src/models/default /opt/limner/model
# Names of files are UTF-8 whatever the host says: the JVM reads them as the locale has it.
ENV LANG=C.UTF-8 \
    LC_ALL=C.UTF-8 \
    DJL_CACHE_DIR=/opt/limner/cache/djl \
    OMP_WAIT_POLICY=PASSIVE
USER 10001
WORKDIR /tmp
VOLUME /var/lib/limner
ENTRYPOINT ["java", "--enable-native-access=ALL-UNNAMED", "-Dai.djl.offline=true", "-XX:MaxRAMPercentage=40", "-XX:+ExitOnOutOfMemoryError", \
    "-jar", "/opt/limner/app/quarkus-run.jar"]

# Native libraries are unpacked now, because the file system is read-only later.
FROM runtime AS trainer
USER root
COPY --from=build /src/trainer/target/quarkus-app /opt/limner/app
COPY --from=build /src/data/emoji /opt/limner/data
ENV LIMNER_TRAINER_CACHE=/opt/limner/cache \
    LIMNER_TRAINER_MODEL=/opt/limner/model \
    LIMNER_TRAINER_DATA=/opt/limner/data \
    LIMNER_TRAINER_STORE=/var/lib/limner/store \
    LIMNER_TRAINER_BUNDLES=/var/lib/limner/models \
    LIMNER_TRAINER_STATE=/var/lib/limner/trainer \
    QUARKUS_HTTP_HOST=0.0.0.0
RUN java -Dai.djl.offline=true -cp "/opt/limner/app/lib/main/*" dev.limner.generator.device.CachePreload /opt/limner/cache \
    && chmod -R a+rX /opt/limner
USER 10001
EXPOSE 8090

FROM runtime AS worker
USER root
COPY --from=build /src/worker/target/quarkus-app /opt/limner/app
ENV LIMNER_WORKER_CACHE=/opt/limner/cache \
    LIMNER_WORKER_MODEL=/opt/limner/model \
    LIMNER_WORKER_STORE_PATH=/var/lib/limner/store \
    LIMNER_WORKER_MODELS_STORE=/var/lib/limner/models
RUN java -Dai.djl.offline=true -cp "/opt/limner/app/lib/main/*" dev.limner.generator.device.CachePreload /opt/limner/cache \
    && chmod -R a+rX /opt/limner
USER 10001
EXPOSE 8080
