package dev.limner.protocol;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A caption to generate images for, checked and with every default filled in. Only {@link JobCodec} makes one from bytes.
 *
 * @param id 1 to 128 of {@code A-Za-z0-9._:-}
 * @param caption 1 to 1,000 code points, trimmed, in Unicode's composed form
 * @param seed of the noise; where the producer gave none it follows from the id
 * @param count images, 1 to 64, with index 0 to count - 1
 * @param size absent for the model's own
 * @param truncation factor on the noise, 0 to 1
 * @param deadline after which nobody wants the images
 * @param group the jobs this one belongs to
 * @param tenant 1 to 64 of {@code a-z0-9-}
 * @param context any JSON up to 4 KiB, echoed in the result
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Job(
        String id,
        String caption,
        long seed,
        int count,
        ModelRef model,
        @Nullable ImageSize size,
        double truncation,
        ImageFormat format,
        @Nullable Instant deadline,
        @Nullable JobGroup group,
        @Nullable String tenant,
        @Nullable JsonNode context) {}
