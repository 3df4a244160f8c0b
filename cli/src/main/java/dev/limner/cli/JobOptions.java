package dev.limner.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.limner.launcher.UsageException;
import dev.limner.protocol.Decoded;
import dev.limner.protocol.ImageSize;
import dev.limner.protocol.Job;
import dev.limner.protocol.JobCodec;
import dev.limner.protocol.Topics;
import dev.limner.protocol.UnknownFields;
import dev.limner.protocol.text.JsonBytes;
import dev.limner.protocol.text.JsonEntry;
import dev.limner.protocol.text.JsonLines;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What every submitted job gets unless its own line says otherwise. */
final class JobOptions {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern SIZE = Pattern.compile("(\\d{1,5})x(\\d{1,5})");

    @Option(names = "--count", paramLabel = "N", description = "Images per job, 1 to 64.")
    @Nullable
    Integer count;

    @Option(names = "--seed", paramLabel = "N", description = "Seed of the noise. Without one it follows from the id.")
    @Nullable
    Long seed;

    @Option(names = "--model", paramLabel = "NAME[@DIGEST]", description = "Which model generates.")
    @Nullable
    String model;

    @Option(names = "--size", paramLabel = "WxH", description = "Size in pixels. Without one the model's own.")
    @Nullable
    String size;

    @Option(names = "--format", paramLabel = "png|jpeg", description = "Format of the files.")
    @Nullable
    String format;

    @Option(names = "--truncation", paramLabel = "0..1", description = "Factor on the noise: less variety below 1.")
    @Nullable
    Double truncation;

    @Option(names = "--label", paramLabel = "CLASS", description = "Class of the image, where the model has classes.")
    @Nullable
    String label;

    @Option(
            names = "--control",
            paramLabel = "NAME=VALUE",
            description = "Set a control that the model declares, a number or a word. May be given several times.")
    Map<String, String> controls = new LinkedHashMap<>();

    @Option(
            names = "--deadline",
            paramLabel = "TIME",
            description = "As in 2026-01-31T12:00:00Z; nothing is generated after.")
    @Nullable
    String deadline;

    @Option(names = "--tenant", paramLabel = "NAME", description = "Whose job it is.")
    @Nullable
    String tenant;

    @Option(
            names = "--lane",
            paramLabel = "LANE",
            defaultValue = "standard",
            description = "interactive, standard or bulk. Default: ${DEFAULT-VALUE}")
    @SuppressWarnings("NullAway.Init")
    String lane;

    Topics.Lane lane() {
        for (Topics.Lane known : Topics.Lane.values()) {
            if (known.wireName().equals(lane.toLowerCase(Locale.ROOT))) {
                return known;
            }
        }
        throw new UsageException("--lane is '" + lane + "', must be interactive, standard or bulk");
    }

    /**
     * Something to generate as somebody wrote it.
     *
     * @param where as errors name it
     */
    record Written(String where, JsonEntry entry) {
        /** Arguments of a command, a job each. */
        static List<Written> arguments(List<String> captions) {
            List<Written> all = new ArrayList<>();
            captions.forEach(caption -> all.add(new Written("job " + (all.size() + 1), JsonLines.STRICT.one(caption))));
            return all;
        }

        /**
         * The lines of a file, or the elements of the array that it is.
         *
         * @param name as errors name the file
         * @throws dev.limner.protocol.text.TextException if it is no text
         */
        static List<Written> file(byte[] bytes, String name) {
            return JsonLines.STRICT.read(bytes, name).stream()
                    .map(entry -> new Written(name + " line " + entry.line(), entry))
                    .toList();
        }

        /** A job that options alone describe. */
        static Written byOptions() {
            return new Written("the job", new JsonEntry.Json(1, JSON.createObjectNode()));
        }

        private ObjectNode node() {
            return switch (entry) {
                case JsonEntry.Plain(int line, String text) ->
                    JSON.createObjectNode().put("caption", text);
                case JsonEntry.Json(int line, ObjectNode job) -> job.deepCopy();
                case JsonEntry.Json(int line, JsonNode other) -> {
                    if (!other.isTextual()) {
                        throw new UsageException(where + ": " + other + " is neither a job nor a caption");
                    }
                    yield JSON.createObjectNode().put("caption", other.textValue());
                }
                case JsonEntry.Fault(int line, String reason) ->
                    throw new UsageException(where + ": " + reason
                            + (reason.startsWith("malformed JSON in ") && !reason.contains("Duplicate")
                                    ? "; a caption that begins with { or [ has a backslash before it, as in \\{curly}"
                                    : ""));
            };
        }
    }

    /**
     * What was written to jobs. All are checked before any is sent.
     *
     * @param ids what the ids of jobs without one start with
     * @param group the group they all belong to
     * @throws UsageException naming the line, the field and the value
     */
    List<Job> jobs(List<Written> written, String ids, @Nullable String group) {
        List<ObjectNode> nodes = written.stream().map(Written::node).toList();
        List<Job> jobs = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < nodes.size(); i++) {
            ObjectNode node = nodes.get(i);
            complete(node, ids + "-" + (i + 1));
            if (group != null) {
                node.putObject("group").put("id", group).put("size", nodes.size());
            }
            Decoded decoded = JobCodec.decode(JsonBytes.of(node), ids);
            switch (decoded) {
                case Decoded.Valid(Job job) -> {
                    if (!seen.add(job.id())) {
                        throw new UsageException(written.get(i).where() + ": id '" + job.id() + "' is given twice");
                    }
                    jobs.add(job);
                }
                case Decoded.Poison poison ->
                    throw new UsageException(
                            written.get(i).where() + ": " + poison.error().message());
            }
        }
        return jobs;
    }

    /** A line for each field of a job that nobody reads, where it stands first. */
    static List<String> unread(List<Written> written) {
        UnknownFields fields = UnknownFields.ofJob();
        Map<String, String> first = new LinkedHashMap<>();
        for (Written one : written) {
            if (one.entry() instanceof JsonEntry.Json(int line, JsonNode job)) {
                fields.in(job).forEach(name -> first.putIfAbsent(name, one.where()));
            }
        }
        return first.entrySet().stream()
                .map(unread -> unread.getValue() + ": a job has no field '" + unread.getKey()
                        + "', it is ignored; there are " + String.join(", ", fields.known()))
                .toList();
    }

    private void complete(ObjectNode node, String id) {
        absent(node, "id", id);
        absent(node, "count", count);
        absent(node, "seed", seed);
        absent(node, "model", model);
        absent(node, "size", size == null ? null : size(size));
        absent(node, "format", format);
        absent(node, "truncation", truncation);
        absent(node, "deadline", deadline);
        absent(node, "tenant", tenant);
        absent(node, "label", label);
        if (!controls.isEmpty() && !node.hasNonNull("controls")) {
            ObjectNode own = node.putObject("controls");
            controls.forEach((name, value) -> own.set(name, control(value)));
        }
    }

    /** Whether a job can be told by options alone, without a caption. */
    boolean sayWhatToGenerate() {
        return label != null || !controls.isEmpty();
    }

    /** A number where it reads as one, else a word. */
    private static JsonNode control(String value) {
        try {
            return new DecimalNode(new BigDecimal(value));
        } catch (NumberFormatException e) {
            return new TextNode(value);
        }
    }

    private static ImageSize size(String written) {
        Matcher matcher = SIZE.matcher(written);
        if (!matcher.matches()) {
            throw new UsageException("--size is '" + written + "', must be as in 64x64");
        }
        return new ImageSize(Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)));
    }

    private static void absent(ObjectNode node, String field, @Nullable Object value) {
        if (value != null && !node.has(field)) {
            node.set(field, JSON.valueToTree(value));
        }
    }
}
