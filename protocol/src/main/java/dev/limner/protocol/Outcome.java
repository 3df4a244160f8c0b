package dev.limner.protocol;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.List;

/** How a job ended. Terminal: nothing follows. */
public sealed interface Outcome {
    /** {@code status} in the result. */
    String status();

    /**
     * Generated, and every image durable before this was published.
     *
     * @param profile the execution profile the pixels belong to
     */
    record Completed(List<ImageRef> images, String profile) implements Outcome {
        public Completed {
            images = List.copyOf(images);
        }

        @Override
        public String status() {
            return "completed";
        }
    }

    /** Never could have been generated; the original is on the dead-letter topic. */
    record Rejected(RecordError error) implements Outcome {
        @Override
        public String status() {
            return "rejected";
        }
    }

    /** Its deadline passed before the device. */
    record Expired(Instant since) implements Outcome {
        @Override
        public String status() {
            return "expired";
        }
    }

    /** Its producer no longer wanted it. */
    record Cancelled(Instant since) implements Outcome {
        @Override
        public String status() {
            return "cancelled";
        }
    }

    /** Could not be generated though nothing is wrong with it as far as the record tells. */
    record Failed(RecordError error) implements Outcome {
        @Override
        public String status() {
            return "failed";
        }
    }

    /**
     * One image of a completed job.
     *
     * @param uri where its bytes are
     * @param sha256 of the file
     * @param bytes length of the file
     * @param index 0 to count - 1
     * @param seed of the job
     * @param pixelsSha256 of the height x width x RGB bytes before encoding
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record ImageRef(
            String uri,
            String sha256,
            String mediaType,
            int bytes,
            int width,
            int height,
            int index,
            long seed,
            String pixelsSha256) {}
}
