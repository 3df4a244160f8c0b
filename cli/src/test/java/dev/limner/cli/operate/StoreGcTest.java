package dev.limner.cli.operate;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.limner.broker.BrokerSettings;
import dev.limner.broker.EmbeddedBroker;
import dev.limner.broker.FleetTopics;
import dev.limner.launcher.UsageException;
import dev.limner.protocol.DeadLetterHeaders;
import dev.limner.protocol.Feedback;
import dev.limner.protocol.FeedbackCodec;
import dev.limner.protocol.ImageName;
import dev.limner.protocol.Opinion;
import dev.limner.protocol.Outcome;
import dev.limner.protocol.Result;
import dev.limner.protocol.ResultCodec;
import dev.limner.protocol.Topics;
import dev.limner.store.file.FleetMarks;
import dev.limner.store.file.FleetMarks.Fleet;
import dev.limner.training.replay.FeedbackEntry;
import dev.limner.training.replay.GeneratedImage;
import dev.limner.training.replay.RecordPosition;
import dev.limner.training.replay.ReplayBuffer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Against a real broker: what a clearance keeps, and whom it asks first. */
class StoreGcTest {
    private static final Instant NOW = Instant.parse("2026-01-31T12:00:00Z");

    @TempDir
    static Path shared;

    private static EmbeddedBroker broker;
    private static String cluster;
    private static int number;

    @TempDir
    Path folder;

    private Topics topics;
    private Path store;
    private Path replay;

    @BeforeAll
    static void start() throws Exception {
        broker = EmbeddedBroker.start(new BrokerSettings(shared.resolve("broker"), 0, false));
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrap()))) {
            cluster = admin.describeCluster().clusterId().get();
        }
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    @BeforeEach
    void make() throws IOException {
        topics = fleet();
        store = Files.createDirectories(folder.resolve("store"));
        replay = Files.createDirectories(folder.resolve("trainer"));
        new FleetMarks(store).mark(mark(topics));
    }

    private static Topics fleet() {
        Topics made = new Topics("gc-" + ++number);
        FleetTopics.create(broker.bootstrap(), made, 1, (short) 1);
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrap()))) {
            // The broker knows topics a moment later than the controller.
            while (!admin.listTopics().names().get().containsAll(List.of(made.results(), made.workers()))) {
                Thread.onSpinWait();
            }
        } catch (InterruptedException | ExecutionException e) {
            throw new AssertionError(e);
        }
        return made;
    }

    private static Fleet mark(Topics whose) {
        return new Fleet(cluster, whose.prefix(), broker.bootstrap());
    }

    @Test
    void shouldKeepWhateverARecordOrTheTrainerNames() throws Exception {
        Path result = object('1');
        Path letter = object('2');
        Path liked = object('3');
        Path lessLiked = object('4');
        Path example = object('5');
        Path ofAnUnreadableRecord = object('6');
        Path remembered = object('7');
        Path rememberedExample = object('8');
        Path garbage = object('9');
        Path bundle = Files.createDirectories(store.resolve("default").resolve("a".repeat(64)));
        Path weights = Files.writeString(bundle.resolve("weights.safetensors"), "w");
        Files.setLastModifiedTime(weights, FileTime.from(NOW));
        send(topics.results(), result("j", '1'));
        send(topics.results(), ("{\"ofANewerBuild\":\"" + digest('6') + "\"}").getBytes(UTF_8));
        ProducerRecord<byte[], byte[]> dead = new ProducerRecord<>(topics.deadLetters(), "x".getBytes(UTF_8));
        dead.headers().add(DeadLetterHeaders.OBJECT, ("file:///s/22/" + digest('2') + ".bin").getBytes(UTF_8));
        send(dead);
        send(topics.feedback(), FeedbackCodec.encode(preference(null)));
        send(topics.feedback(), FeedbackCodec.encode(preference(example.toUri().toString())));
        try (ReplayBuffer buffer = ReplayBuffer.open(replay.resolve("replay.db"), 10)) {
            Feedback feedback = new Feedback(
                    "f",
                    ImageName.parse(digest('7')),
                    null,
                    List.of(),
                    null,
                    rememberedExample.toUri().toString(),
                    null,
                    NOW);
            buffer.record(writer -> writer.add(new FeedbackEntry(
                    new RecordPosition("feedback", 0, 1),
                    feedback,
                    new GeneratedImage(digest('7'), digest('a'), "apple", 1, 0, new float[] {1}),
                    null,
                    FeedbackEntry.NOBODY,
                    NOW)));

            Run dry = gc(topics, "--trainer-state", replay.toString());
            assertThat(dry.output).contains("9 objects, 8 referred to; 1 (").contains("--apply removes them");
            assertThat(garbage).exists();
            Run run = gc(topics, "--trainer-state", replay.toString(), "--apply");
            assertThat(run.exitCode).as(run.output).isZero();
        }
        assertThat(garbage).doesNotExist();
        assertThat(List.of(
                        result,
                        letter,
                        liked,
                        lessLiked,
                        example,
                        ofAnUnreadableRecord,
                        remembered,
                        rememberedExample,
                        weights))
                .allSatisfy(kept -> assertThat(kept).exists());
    }

    @Test
    void shouldAskForTheTrainersMemoryWhereThereIsFeedback() throws Exception {
        Path garbage = object('9');
        send(topics.feedback(), FeedbackCodec.encode(preference(null)));

        Run refused = gc(
                topics, "--apply", "--trainer-state", folder.resolve("nowhere").toString());
        assertThat(refused.exitCode).isEqualTo(1);
        assertThat(refused.output).contains("there is no replay buffer " + folder.resolve("nowhere"));
        assertThat(garbage).exists();
        assertThat(StoreGcCommand.unread(1, 0)).startsWith("1 fleet has feedback, and 0 replay buffers were found: ");
        assertThat(StoreGcCommand.unread(2, 1)).startsWith("2 fleets have feedback, and 1 replay buffer was found: ");

        assertThat(gc(topics, "--apply", "--no-trainer").exitCode).isZero();
        assertThat(garbage).doesNotExist();
    }

    @Test
    void shouldRefuseWhileAnotherFleetThatUsesTheFolderWasNotAsked() throws Exception {
        Topics other = fleet();
        new FleetMarks(store).mark(mark(other));
        Fleet gone = new Fleet("of-long-ago", "limner", "old:9092");
        new FleetMarks(store).mark(gone);
        Path theirs = object('1');
        Path garbage = object('9');
        send(other.results(), result("theirs", '1'));

        Run refused = gc(topics, "--apply");
        assertThat(refused.exitCode).as(refused.output).isEqualTo(2);
        assertThat(refused.output)
                .contains("other fleets keep images in " + store)
                .contains(cluster + "/" + other.prefix())
                .contains("of-long-ago/limner (old:9092)");
        assertThat(gc(topics, "--apply", "--also", broker.bootstrap() + "/" + other.prefix()).exitCode)
                .isEqualTo(2);
        assertThat(gc(topics, "--apply", "--forget", "nobody/limner").output).contains("--forget is nobody/limner");
        assertThat(gc(topics, "--apply", "--forget", mark(topics).name()).output)
                .contains("was found alive");
        assertThat(gc(topics, "--also", "limner").output).contains("--also is limner, must be HOST:PORT/PREFIX");
        assertThat(garbage).exists();

        Run run = gc(topics, "--apply", "--also", broker.bootstrap() + "/" + other.prefix(), "--forget", gone.name());
        assertThat(run.exitCode).as(run.output).isZero();
        assertThat(garbage).doesNotExist();
        assertThat(theirs).exists();
        assertThat(new FleetMarks(store).all()).containsExactlyInAnyOrder(mark(topics), mark(other));
    }

    @Test
    void shouldNotClearAFolderInWhichItsFleetHasNeverWritten() throws Exception {
        Topics stranger = fleet();
        new FleetMarks(store).forget(mark(topics));
        Path somebodys = object('1');

        Run refused = gc(stranger, "--apply");
        assertThat(refused.exitCode).as(refused.output).isEqualTo(2);
        assertThat(refused.output).contains("has never written to " + store);
        assertThat(somebodys).exists();

        assertThat(gc(stranger, "--apply", "--claim").exitCode).isZero();
        assertThat(somebodys).doesNotExist();
        assertThat(new FleetMarks(store).all()).containsExactly(mark(stranger));
    }

    @Test
    void shouldFinishWhatAKilledClearanceLeftBehind() throws Exception {
        Path needed = object('1');
        send(topics.results(), result("j", '1'));
        Files.move(needed, needed.resolveSibling(".gc~" + needed.getFileName()));

        Run verify = run("verify", topics);
        assertThat(verify.output)
                .contains("1 object of a clearance that did not end: renamed back")
                .contains("0 missing");
        assertThat(needed).exists();

        Files.move(needed, needed.resolveSibling(".gc~" + needed.getFileName()));
        assertThat(gc(topics).output).contains("1 object, 1 referred to; 0 (");
        assertThat(needed).exists();
    }

    private record Run(int exitCode, String output) {}

    private Run gc(Topics whose, String... arguments) {
        return run("gc", whose, arguments);
    }

    private Run run(String command, Topics whose, String... arguments) {
        StringWriter output = new StringWriter();
        PrintWriter terminal = new PrintWriter(output);
        List<String> all = new ArrayList<>(List.of(command));
        all.addAll(List.of("--bootstrap", broker.bootstrap(), "--topic-prefix", whose.prefix()));
        all.addAll(List.of("--store", store.toString()));
        all.addAll(List.of(arguments));
        int exitCode = new CommandLine(new StoreCommand())
                .setOut(terminal)
                .setErr(terminal)
                .setExecutionExceptionHandler((failure, line, parsed) -> {
                    terminal.println(failure.getMessage());
                    return failure instanceof UsageException ? 2 : 1;
                })
                .execute(all.toArray(String[]::new));
        terminal.flush();
        return new Run(exitCode, output.toString());
    }

    private static String digest(char digit) {
        return String.valueOf(digit).repeat(64);
    }

    /** An object that nobody has touched for long. */
    private Path object(char digit) throws IOException {
        Path file = Files.createDirectories(store.resolve(digest(digit).substring(0, 2)))
                .resolve(digest(digit) + ".png");
        Files.writeString(file, "picture");
        Files.setLastModifiedTime(file, FileTime.from(Instant.now().minus(Duration.ofDays(9))));
        return file;
    }

    private static Feedback preference(String example) {
        return new Feedback(
                "f-" + (example == null),
                ImageName.parse(digest('3')),
                new Opinion.Preference(ImageName.parse(digest('4'))),
                List.of(),
                null,
                example,
                null,
                NOW);
    }

    private static byte[] result(String id, char digit) {
        return ResultCodec.encode(new Result(
                id,
                new Outcome.Completed(
                        List.of(new Outcome.ImageRef(
                                "file:///s/" + digest(digit) + ".png",
                                digest(digit),
                                "image/png",
                                7,
                                8,
                                8,
                                0,
                                1,
                                digest('f'))),
                        ""),
                null,
                null,
                null,
                new Result.Source("t", 0, 0),
                0,
                1,
                "w",
                null,
                null,
                null,
                List.of()));
    }

    private static void send(String topic, byte[] value) throws Exception {
        send(new ProducerRecord<>(topic, value));
    }

    private static void send(ProducerRecord<byte[], byte[]> record) throws Exception {
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", broker.bootstrap()),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            producer.send(record).get();
        }
    }
}
