package dev.limner.cli;

import com.samskivert.mustache.Mustache;
import dev.limner.protocol.Result;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/** A page that shows every image with its caption, seed, model and timings; readable without a server. */
final class ResultGallery {
    private ResultGallery() {}

    /** Copies the images into {@code folder/images} and writes {@code folder/index.html}. */
    static Path write(ResultCollector tally, Path folder) {
        Path images = folder.resolve("images");
        tally.copyTo(images);
        List<Map<String, Object>> pictures = new ArrayList<>();
        String model = "";
        for (ResultCollector.Generated generated : tally.generated()) {
            Result.Timings timings = Objects.requireNonNull(generated.result().timings());
            Result.Model generatedBy = Objects.requireNonNull(generated.result().model());
            model = generatedBy.name() + "@" + generatedBy.digest();
            pictures.add(Map.of(
                    "file", "images/" + generated.fileName(),
                    "caption", generated.job().title().orElse(""),
                    "seed", generated.image().seed(),
                    "digest", generatedBy.digest().substring(0, 12),
                    "timings", describe(timings),
                    "warnings", String.join(", ", generated.result().warnings())));
        }
        Map<String, Object> page = Map.of(
                "pictures",
                pictures,
                "model",
                model,
                "complaints",
                tally.complaints(),
                "summary",
                String.format(
                        Locale.ROOT,
                        "%d images in %.2f s: %.0f images/s",
                        tally.images(),
                        tally.seconds(),
                        tally.imagesPerSecond()));
        Path file = folder.resolve("index.html");
        try (Reader template = new InputStreamReader(
                Objects.requireNonNull(ResultGallery.class.getResourceAsStream("gallery.html.mustache")),
                StandardCharsets.UTF_8)) {
            Files.writeString(file, Mustache.compiler().compile(template).execute(page));
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException("the gallery " + file + " cannot be written", e);
        }
    }

    private static String describe(Result.Timings timings) {
        return String.format(
                Locale.ROOT,
                "queued %.0f, batched %.0f, text %.1f, device %.1f, encode %.1f, store %.1f ms",
                timings.queued(),
                timings.batched(),
                timings.text(),
                timings.device(),
                timings.encode(),
                timings.store());
    }
}
