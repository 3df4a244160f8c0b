package dev.limner.testkit.chaos.trainer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.limner.cli.terminal.Progress;
import dev.limner.client.FleetClient;
import dev.limner.launcher.BoundedHttp;
import dev.limner.launcher.FolderClaims;
import dev.limner.launcher.LocalFleet;
import dev.limner.launcher.ProjectLayout;
import dev.limner.launcher.ServiceProcess;
import dev.limner.launcher.UsageException;
import dev.limner.protocol.Feedback;
import dev.limner.protocol.FeedbackCodec;
import dev.limner.protocol.Topics;
import dev.limner.protocol.text.TextFile;
import dev.limner.testkit.chaos.cluster.FaultInjection;
import dev.limner.testkit.fault.KitSettings;
import dev.limner.testkit.rating.RatedJobs;
import dev.limner.testkit.rating.SimulatedPreference;
import dev.limner.testkit.rating.SimulatedRater;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Kills the trainer at one point after the other and looks at what it left behind. */
@Command(
        name = "trainer",
        description = {
            "Kill the trainer with SIGKILL at ten points, from the intake of feedback to the announcement of a release, start it"
                    + " again each time, and check that no feedback is lost or counted twice and that no release was ever"
                    + " visible that is not whole."
        },
        mixinStandardHelpOptions = true,
        exitCodeList = {"0:nothing is wrong", "1:something failed, or something is wrong", "2:misuse"})
public final class TrainerKillsCommand implements Callable<Integer> {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration PATIENCE = Duration.ofMinutes(15);
    private static final int OPINIONS_FIRST = 400;
    private static final int BAD = 3;

    /** Where, and whether a round has to run for it. */
    private enum Point {
        INTAKE_READ("intake-read", false),
        INTAKE_BEFORE_COMMIT("intake-before-commit", false),
        INTAKE_AFTER_COMMIT("intake-after-commit", false),
        ROUND_STARTED("round-started", true),
        REWARD("reward", true),
        STEP("step:7", true),
        GATE("gate", true),
        ROUND_ENDED("round-ended", true),
        STAGED("staged", true),
        ANNOUNCED("announced", true);

        private final String order;
        private final boolean round;

        Point(String order, boolean round) {
            this.order = order;
            this.round = round;
        }
    }

    @Option(names = "--out", paramLabel = "DIR", description = "Folder to work in. Default: .limner/chaos-trainer")
    @Nullable
    Path out;

    @Option(names = "--model", paramLabel = "DIR", description = "Bundle to start with. Default: models/default")
    @Nullable
    Path model;

    @Option(
            names = "--previous",
            paramLabel = "DIR",
            description = "A built checkout of an earlier release: its trainer and this one's take turns on one replay"
                    + " database, and a worker of each loads what either releases.")
    @Nullable
    Path previous;

    @Spec
    @SuppressWarnings("NullAway.Init")
    CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException {
        ProjectLayout home = ProjectLayout.find();
        if (previous != null && !Files.isRegularFile(new ProjectLayout(previous.toAbsolutePath()).trainerJar())) {
            throw new UsageException("--previous is " + previous
                    + ", in which no trainer was built: run ./limner --version" + " there once");
        }
        ProjectLayout before = previous == null ? home : new ProjectLayout(previous.toAbsolutePath());
        PrintWriter terminal = spec.commandLine().getOut();
        Path folder = out == null ? home.state().resolve("chaos-trainer") : out.toAbsolutePath();
        FolderClaims.empty(folder, "limner chaos trainer");
        int wrong = 0;
        int kills = 0;
        try (LocalFleet fleet = LocalFleet.embedded(folder.resolve("broker"), 0, false, Topics.DEFAULT);
                Progress progress = Progress.of("killing the trainer", Point.values().length)) {
            Runtime.getRuntime().addShutdownHook(new Thread(fleet::close));
            Path start = model == null ? home.defaultModel() : model.toAbsolutePath();
            startWorker(fleet, home, home, folder, start, "worker-1");
            if (previous != null) {
                startWorker(fleet, home, before, folder, start, "worker-before");
            }
            FleetClient client = new FleetClient(fleet.bootstrap(), Topics.DEFAULT);
            FeedbackLedger accounts = new FeedbackLedger(client, folder.resolve("models"));
            try (RatedJobs jobs = new RatedJobs(client, captions(home), 1);
                    Sayer sayer = new Sayer(client, jobs, accounts)) {
                Killing killing = new Killing(home, before, fleet, folder, start);
                killing.run(null, false, () -> {
                    while (accounts.good() < OPINIONS_FIRST) {
                        sayer.say();
                    }
                });
                for (Point point : Point.values()) {
                    progress.to(kills++, point.order);
                    killing.run(point.order, point.round, sayer::say);
                    Seen seen = killing.settle(accounts, point.round);
                    List<String> violations = accounts.violations(seen.status, seen.rounds);
                    terminal.println(point.order + ": " + (violations.isEmpty() ? "nothing wrong" : violations));
                    terminal.flush();
                    wrong += violations.size();
                }
                List<String> behind =
                        accounts.behind(previous == null ? List.of("worker-1") : List.of("worker-1", "worker-before"));
                behind.forEach(terminal::println);
                wrong += behind.size();
                terminal.println(accounts.good() + " good and " + accounts.bad() + " bad feedback records, " + kills
                        + " kills, " + wrong + " violations");
            }
        }
        return wrong == 0 ? 0 : 1;
    }

    /** @param build whose worker; it leaves nothing in its own folders */
    private static void startWorker(
            LocalFleet fleet, ProjectLayout home, ProjectLayout build, Path folder, Path model, String name)
            throws InterruptedException {
        fleet.startWorkers(
                build,
                1,
                folder.resolve("store"),
                folder.resolve("logs").resolve(name),
                0,
                Map.of(
                        "limner.worker.name",
                        name,
                        "limner.worker.cache",
                        home.cache().toString(),
                        "limner.worker.model",
                        model.toString(),
                        "limner.worker.models.store",
                        folder.resolve("models").toString(),
                        "limner.worker.models.cache",
                        folder.resolve("cache-" + name).toString(),
                        "limner.worker.streams",
                        "1"));
    }

    private static List<String> captions(ProjectLayout home) {
        try {
            return TextFile.wholeLines(home.gridCaptions()).stream()
                    .filter(line -> !line.isBlank())
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException("the grid's captions cannot be read", e);
        }
    }

    /** What the trainer says of itself. */
    private record Seen(JsonNode status, JsonNode rounds) {}

    /** Somebody who says good things and bad ones. One thread. */
    private static final class Sayer implements AutoCloseable {
        private final RatedJobs jobs;
        private final FeedbackLedger accounts;
        private final String topic;
        private final KafkaProducer<byte[], byte[]> producer;
        private final SimulatedRater rater =
                new SimulatedRater(SimulatedRater.Kind.SINCERE, SimulatedPreference.DARK, 1);

        Sayer(FleetClient client, RatedJobs jobs, FeedbackLedger accounts) {
            this.jobs = jobs;
            this.accounts = accounts;
            this.topic = client.topics().feedback();
            this.producer = new KafkaProducer<>(
                    Map.of("bootstrap.servers", client.bootstrap()),
                    new ByteArraySerializer(),
                    new ByteArraySerializer());
            rater.getUsedTo(jobs.firstImages());
        }

        void say() {
            int said = 0;
            for (RatedJobs.Published published : jobs.generate()) {
                for (Feedback feedback : rater.of(published.name(), published.pixels())) {
                    byte[] record = FeedbackCodec.encode(feedback);
                    // Twice the same: what a producer that retries would send.
                    var unused = producer.send(new ProducerRecord<>(topic, record));
                    var unusedToo = producer.send(new ProducerRecord<>(topic, record));
                    said++;
                }
            }
            for (int i = 0; i < BAD; i++) {
                var unused = producer.send(new ProducerRecord<>(
                        topic, ("{\"verdict\":\"like " + i + "\"}").getBytes(StandardCharsets.UTF_8)));
            }
            producer.flush();
            accounts.sent(said, BAD);
        }

        @Override
        public void close() {
            producer.close();
        }
    }

    /** Starts trainers, those of two releases in turn, and sees them die. */
    private static final class Killing {
        private final ProjectLayout home;
        private final ProjectLayout before;
        private final LocalFleet fleet;
        private final Path folder;
        private final Path model;
        private int starts;

        Killing(ProjectLayout home, ProjectLayout before, LocalFleet fleet, Path folder, Path model) {
            this.home = home;
            this.before = before;
            this.fleet = fleet;
            this.folder = folder;
            this.model = model;
        }

        private ServiceProcess start(@Nullable String killAt) throws InterruptedException {
            Map<String, String> settings = new LinkedHashMap<>();
            settings.put("limner.trainer.model", model.toString());
            settings.put("limner.trainer.cache", home.cache().toString());
            settings.put("limner.trainer.data", home.emojiData().toString());
            settings.put("limner.trainer.state", folder.resolve("trainer").toString());
            settings.put("limner.trainer.bundles", folder.resolve("models").toString());
            settings.put("limner.trainer.rounds.after", "0");
            settings.put("limner.trainer.rounds.held-out", "40");
            settings.put("limner.trainer.canary.share", "0");
            settings.put("limner.trainer.tuning.steps", "12");
            settings.put("limner.trainer.feedback.per-rater-per-hour", "100000");
            settings.put(KitSettings.property(KitSettings.TRAINER, KitSettings.PASS_GATE), "true");
            if (killAt != null) {
                settings.put(KitSettings.property(KitSettings.TRAINER, KitSettings.KILL_AT), killAt);
            }
            // A round that one release began is then ended by the other, and the next one the other way round.
            ProjectLayout build = starts++ % 4 < 2 ? before : home;
            return fleet.startTrainer(
                    build,
                    folder.resolve("store"),
                    folder.resolve("logs"),
                    0,
                    FaultInjection.settings(build, KitSettings.TRAINER, settings));
        }

        /**
         * Runs a trainer until it is killed, or, without an order, until {@code work} is done.
         *
         * @param work sends feedback
         */
        void run(@Nullable String killAt, boolean round, Runnable work) throws InterruptedException {
            try (ServiceProcess trainer = start(killAt)) {
                work.run();
                if (killAt == null) {
                    return;
                }
                if (round) {
                    // The kill may come before the answer.
                    request(trainer, "/rounds", true);
                }
                trainer.ended().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            } catch (ExecutionException | TimeoutException e) {
                throw new IllegalStateException("the trainer was not killed at " + killAt, e);
            }
        }

        /** Starts the trainer again and waits until it has dealt with everything. */
        Seen settle(FeedbackLedger accounts, boolean round) throws InterruptedException {
            try (ServiceProcess trainer = start(null)) {
                long deadline = System.nanoTime() + PATIENCE.toNanos();
                while (System.nanoTime() < deadline) {
                    JsonNode status = request(trainer, "/status", false);
                    JsonNode rounds = request(trainer, "/rounds", false);
                    boolean done = !round
                            || !rounds.path(0).path("state").asText("RUNNING").equals("RUNNING");
                    if (accounts.settled(status) && done) {
                        return new Seen(status, rounds);
                    }
                    TimeUnit.SECONDS.sleep(1);
                }
            }
            throw new IllegalStateException("the trainer did not come to rest in " + PATIENCE);
        }

        private static JsonNode request(ServiceProcess trainer, String path, boolean post) throws InterruptedException {
            try {
                HttpRequest.Builder request =
                        HttpRequest.newBuilder(trainer.http().resolve(path));
                if (post) {
                    request.header("Content-Type", "application/json").POST(HttpRequest.BodyPublishers.noBody());
                }
                return JSON.readTree(BoundedHttp.send(request.build(), Duration.ofSeconds(30))
                        .body());
            } catch (IOException e) {
                if (post) {
                    return JSON.missingNode();
                }
                throw new UncheckedIOException("the trainer does not answer", e);
            }
        }
    }
}
