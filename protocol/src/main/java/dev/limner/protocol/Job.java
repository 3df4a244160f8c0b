package dev.limner.protocol;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What to generate images of, checked and with every default filled in. Only {@link JobCodec} makes one from bytes.
 *
 * @param id 1 to 128 of {@code A-Za-z0-9._:-}
 * @param caption 1 to 1,000 code points, trimmed, in Unicode's composed form; absent in a job for a model that reads none
 * @param seed of the noise; where the producer gave none it follows from the id
 * @param count images, 1 to 64, with index 0 to count - 1
 * @param size absent for the model's own
 * @param truncation factor on the noise, 0 to 1
 * @param deadline after which nobody wants the images
 * @param group the jobs this one belongs to
 * @param tenant 1 to 64 of {@code a-z0-9-}
 * @param context any JSON up to 4 KiB, echoed in the result
 * @param label a class that the model names; whether it does is known where the model is
 * @param controls numbers and texts by name, at most 64, as the model declares them
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Job(
        String id,
        @Nullable String caption,
        long seed,
        int count,
        ModelRef model,
        @Nullable ImageSize size,
        double truncation,
        ImageFormat format,
        @Nullable Instant deadline,
        @Nullable JobGroup group,
        @Nullable String tenant,
        @Nullable JsonNode context,
        @Nullable String label,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) Map<String, JsonNode> controls) {
    public Job {
        controls = Collections.unmodifiableMap(new LinkedHashMap<>(controls));
    }

    /** A job for a model that reads captions only. */
    public Job(
            String id,
            @Nullable String caption,
            long seed,
            int count,
            ModelRef model,
            @Nullable ImageSize size,
            double truncation,
            ImageFormat format,
            @Nullable Instant deadline,
            @Nullable JobGroup group,
            @Nullable String tenant,
            @Nullable JsonNode context) {
        this(
                id,
                caption,
                seed,
                count,
                model,
                size,
                truncation,
                format,
                deadline,
                group,
                tenant,
                context,
                null,
                Map.of());
    }

    /**
     * What the image is to show, for people: the caption, else the label.
     *
     * @return empty for a job that says neither
     */
    public Optional<String> title() {
        return Optional.ofNullable(caption).or(() -> Optional.ofNullable(label));
    }
}
