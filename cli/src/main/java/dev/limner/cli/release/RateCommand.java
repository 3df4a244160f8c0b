package dev.limner.cli.release;

import com.fasterxml.jackson.databind.JsonNode;
import dev.limner.cli.ClusterOptions;
import dev.limner.cli.LimnerCommand;
import dev.limner.cli.terminal.CountedNoun;
import dev.limner.cli.terminal.UserFile;
import dev.limner.client.FleetClient;
import dev.limner.launcher.UsageException;
import dev.limner.protocol.DecodedFeedback;
import dev.limner.protocol.Digests;
import dev.limner.protocol.Feedback;
import dev.limner.protocol.FeedbackCodec;
import dev.limner.protocol.ImageName;
import dev.limner.protocol.Opinion;
import dev.limner.protocol.UnknownFields;
import dev.limner.protocol.text.JsonBytes;
import dev.limner.protocol.text.JsonEntry;
import dev.limner.protocol.text.JsonLines;
import dev.limner.protocol.text.PrintableText;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code limner rate}: what somebody thinks of images. */
@Command(
        name = "rate",
        description = {
            "Say what you think of an image: limner rate IMAGE like|dislike|1..10, or limner rate --prefer A B.",
            "IMAGE is a file, a URI from a result, or a SHA-256. --file sends JSON lines, one feedback record each."
        },
        mixinStandardHelpOptions = true)
public final class RateCommand implements Callable<Integer>, LimnerCommand {
    @Parameters(index = "0", arity = "0..1", paramLabel = "IMAGE", description = "File, URI or SHA-256.")
    @Nullable
    String image;

    @Parameters(index = "1", arity = "0..1", paramLabel = "OPINION", description = "like, dislike, or 1 to 10.")
    @Nullable
    String opinion;

    @Option(names = "--prefer", arity = "2", paramLabel = "IMAGE", description = "The first is better than the second.")
    List<String> preferred = List.of();

    @Option(names = "--caption", paramLabel = "TEXT", description = "What the image really shows.")
    @Nullable
    String caption;

    @Option(
            names = "--example",
            paramLabel = "FILE|URI",
            description = "An image that shows what was wanted; the trainer must be allowed to read it.")
    @Nullable
    String example;

    @Option(names = "--artifact", paramLabel = "TAG", description = "What is wrong with the image; may be repeated.")
    List<String> artifacts = new ArrayList<>();

    @Option(names = "--rater", paramLabel = "NAME", description = "Who says so.")
    @Nullable
    String rater;

    @Option(names = "--file", paramLabel = "FILE", description = "JSON lines of feedback; - for standard input.")
    @Nullable
    Path file;

    private static final UnknownFields FIELDS = UnknownFields.ofFeedback();

    @Mixin
    @SuppressWarnings("NullAway.Init")
    ClusterOptions cluster;

    @Spec
    @SuppressWarnings("NullAway.Init")
    CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException {
        List<byte[]> records = file != null ? lines(file) : List.of(checked(FeedbackCodec.encode(feedback()), ""));
        FleetClient.sendFeedback(cluster.bootstrap(), cluster.topics(), records);
        spec.commandLine()
                .getOut()
                .println(CountedNoun.of(records.size(), "record") + " to "
                        + cluster.topics().feedback());
        return 0;
    }

    private Feedback feedback() {
        boolean prefers = preferred.size() == 2;
        String about = prefers ? preferred.get(0) : image;
        if (about == null || (prefers && (image != null || opinion != null))) {
            throw new UsageException("limner rate takes an image and an opinion, or --prefer A B, or --file");
        }
        if (!prefers && opinion == null && caption == null && example == null) {
            throw new UsageException("nothing is said of " + about + ": give like, dislike or 1 to 10");
        }
        try {
            return new Feedback(
                    UUID.randomUUID().toString(),
                    named(about),
                    prefers ? new Opinion.Preference(named(preferred.get(1))) : opinion == null ? null : said(opinion),
                    artifacts,
                    caption,
                    example == null ? null : uri(example),
                    rater,
                    Instant.now());
        } catch (IllegalArgumentException e) {
            throw new UsageException(String.valueOf(e.getMessage()));
        }
    }

    private static Opinion said(String written) {
        return switch (written) {
            case "like" -> new Opinion.Verdict(true);
            case "dislike" -> new Opinion.Verdict(false);
            default -> {
                if (!written.matches("[0-9]{1,2}")) {
                    throw new UsageException("the opinion is '" + written + "', must be like, dislike or 1 to 10");
                }
                yield new Opinion.Score(Integer.parseInt(written));
            }
        };
    }

    /** A local file is named by its content, wherever it lies. */
    private static ImageName named(String written) {
        try {
            Path path = Path.of(written);
            if (Files.isRegularFile(path)) {
                return ImageName.parse(Digests.sha256(Files.readAllBytes(path)));
            }
        } catch (InvalidPathException e) {
            // Then it may still be a URI.
        } catch (IOException e) {
            throw new UncheckedIOException(written + " cannot be read", e);
        }
        try {
            return ImageName.parse(written);
        } catch (IllegalArgumentException e) {
            throw new UsageException("IMAGE is '" + written + "': neither a file, a SHA-256 nor a URI", e);
        }
    }

    /** A local file as the trainer, on the same machine or volume, would name it. */
    private static String uri(String written) {
        try {
            Path path = Path.of(written);
            return Files.isRegularFile(path) ? path.toAbsolutePath().toUri().toString() : written;
        } catch (InvalidPathException e) {
            return written;
        }
    }

    /** Refuses the whole file if a line is no feedback: better now than as a dead letter. */
    private List<byte[]> lines(Path file) {
        String name = UserFile.name(file);
        List<byte[]> records = new ArrayList<>();
        Set<String> unread = new HashSet<>();
        for (JsonEntry entry : JsonLines.STRICT.read(UserFile.bytes(file), name)) {
            String where = name + " line " + entry.line() + ": ";
            byte[] bytes = switch (entry) {
                case JsonEntry.Json(int line, JsonNode node) -> JsonBytes.of(node);
                case JsonEntry.Plain(int line, String text) ->
                    throw new UsageException(where + "'" + PrintableText.line(text) + "' is no JSON object");
                case JsonEntry.Fault(int line, String reason) -> throw new UsageException(where + reason);
            };
            records.add(checked(bytes, where));
            if (entry instanceof JsonEntry.Json(int line, JsonNode node)) {
                FIELDS.in(node).stream()
                        .filter(unread::add)
                        .forEach(field -> spec.commandLine()
                                .getErr()
                                .println("limner: " + where + "feedback has no field '" + field
                                        + "', it is ignored; there are " + String.join(", ", FIELDS.known())));
            }
        }
        return records;
    }

    private static byte[] checked(byte[] record, String where) {
        if (FeedbackCodec.decode(record, "any") instanceof DecodedFeedback.Poison(var error)) {
            throw new UsageException(where + error.message());
        }
        return record;
    }
}
