package dev.limner.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.limner.cli.terminal.Progress;
import dev.limner.client.FleetClient;
import dev.limner.protocol.ErrorCode;
import dev.limner.protocol.Job;
import dev.limner.protocol.ModelRef;
import dev.limner.protocol.Outcome;
import dev.limner.protocol.Result;
import dev.limner.protocol.text.PrintableText;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Jobs that were submitted together and what became of them. One thread. */
final class ResultCollector {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration POLL = Duration.ofMillis(100);

    private final Map<String, Job> jobs = new LinkedHashMap<>();
    private final Map<String, Result> results = new LinkedHashMap<>();
    private final long start = System.nanoTime();
    private long last = start;

    ResultCollector(List<Job> jobs) {
        jobs.forEach(job -> this.jobs.put(job.id(), job));
    }

    /**
     * Reads results until every job has one.
     *
     * @throws IllegalStateException if none comes for {@code patience}
     */
    void await(FleetClient.Reader reader, Progress progress, Duration patience) {
        long silent = System.nanoTime();
        while (results.size() < jobs.size()) {
            for (Result result : reader.pollResults(POLL)) {
                if (jobs.containsKey(result.jobId()) && results.put(result.jobId(), result) == null) {
                    last = System.nanoTime();
                    silent = last;
                }
            }
            progress.to(results.size(), String.format(Locale.ROOT, "%.0f images/s", imagesPerSecond()));
            if (System.nanoTime() - silent > patience.toNanos()) {
                throw new IllegalStateException("no result for " + patience.toSeconds() + " s; "
                        + (jobs.size() - results.size()) + " of " + jobs.size()
                        + " jobs have none. Is a worker running?");
            }
        }
    }

    double seconds() {
        return (last - start) / 1e9;
    }

    double imagesPerSecond() {
        return images() / Math.max(1e-9, seconds());
    }

    int images() {
        return results.values().stream()
                .mapToInt(result -> result.outcome() instanceof Outcome.Completed completed
                        ? completed.images().size()
                        : 0)
                .sum();
    }

    long count(String status) {
        return results.values().stream()
                .filter(result -> result.outcome().status().equals(status))
                .count();
    }

    boolean allCompleted() {
        return count("completed") == jobs.size();
    }

    /** The images with their jobs, in the order of submission. */
    List<Generated> generated() {
        List<Generated> generated = new ArrayList<>();
        jobs.forEach((id, job) -> {
            Result result = results.get(id);
            if (result != null && result.outcome() instanceof Outcome.Completed completed) {
                completed.images().forEach(image -> generated.add(new Generated(job, result, image)));
            }
        });
        return generated;
    }

    /** What went wrong, a line each. */
    List<String> complaints() {
        List<String> complaints = new ArrayList<>();
        results.forEach((id, result) -> complaint(result)
                .ifPresent(text -> complaints.add(PrintableText.line(id + ": " + text + wayOut(result)))));
        return complaints;
    }

    /** What whoever sent the job can do about it. */
    static String wayOut(Result result) {
        if (result.outcome() instanceof Outcome.Rejected(var error) && error.code() == ErrorCode.UNKNOWN_MODEL) {
            int at = error.message().lastIndexOf(ModelRef.SERVED_INSTEAD);
            if (at >= 0) {
                return "; try --model " + error.message().substring(at + ModelRef.SERVED_INSTEAD.length());
            }
        }
        return "";
    }

    static Optional<String> complaint(Result result) {
        return switch (result.outcome()) {
            case Outcome.Completed completed -> Optional.empty();
            case Outcome.Rejected rejected ->
                Optional.of("rejected: " + rejected.error().message());
            case Outcome.Failed failed ->
                Optional.of("failed: " + failed.error().message());
            case Outcome.Expired expired -> Optional.of("expired: its deadline was " + expired.since());
            case Outcome.Cancelled cancelled -> Optional.of("cancelled at " + cancelled.since());
        };
    }

    /** One line of JSON with the figures scripts want. */
    String json() {
        ObjectNode node = JSON.createObjectNode();
        node.put("jobs", jobs.size());
        node.put("completed", count("completed"));
        node.put("rejected", count("rejected"));
        node.put("failed", count("failed"));
        node.put("expired", count("expired"));
        node.put("cancelled", count("cancelled"));
        node.put("images", images());
        node.put("seconds", Math.round(seconds() * 1000) / 1000.0);
        node.put("imagesPerSecond", Math.round(imagesPerSecond() * 10) / 10.0);
        return node.toString();
    }

    /** An image, the job that asked for it and the result that carries it. */
    record Generated(Job job, Result result, Outcome.ImageRef image) {
        String fileName() {
            return job.id().replace(':', '_') + "-" + image.index()
                    + (image.mediaType().equals("image/png") ? ".png" : ".jpg");
        }

        /** Copies the image into a folder. */
        void copyTo(Path folder) {
            try {
                Files.copy(
                        Path.of(URI.create(image.uri())),
                        folder.resolve(fileName()),
                        StandardCopyOption.REPLACE_EXISTING);
            } catch (IOException | IllegalArgumentException e) {
                throw new UncheckedIOException("the image " + image.uri() + " cannot be copied", asIo(e));
            }
        }

        private static IOException asIo(Exception failure) {
            return failure instanceof IOException io ? io : new IOException(failure);
        }

        /** As a line of a manifest. */
        String manifestLine(@Nullable String fileName) {
            ObjectNode node = JSON.createObjectNode();
            node.put("file_name", fileName == null ? image.uri() : fileName);
            node.put("text", job.title().orElse(""));
            node.put("jobId", job.id());
            node.put("index", image.index());
            node.put("seed", image.seed());
            node.put("sha256", image.sha256());
            node.put("uri", image.uri());
            Result.Model model = result.model();
            if (model != null) {
                node.put("model", model.name() + "@" + model.digest());
            }
            return node.toString();
        }
    }

    /** Copies the images out and writes {@code manifest.jsonl} beside them, in the form trainers read. */
    void copyTo(Path folder) {
        try {
            Files.createDirectories(folder);
            List<String> lines = new ArrayList<>();
            for (Generated picture : generated()) {
                picture.copyTo(folder);
                lines.add(picture.manifestLine(picture.fileName()));
            }
            Files.write(folder.resolve("manifest.jsonl"), lines);
        } catch (IOException e) {
            throw new UncheckedIOException("images cannot be copied to " + folder, e);
        }
    }
}
