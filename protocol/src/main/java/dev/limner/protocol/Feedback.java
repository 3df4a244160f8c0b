package dev.limner.protocol;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What somebody thinks of an image. Holds at least one of {@code opinion}, {@code caption} and {@code example}.
 *
 * @param id of the feedback; the same id a second time counts once
 * @param image what it is about
 * @param artifacts what is wrong with the image, as tags
 * @param caption what the image really shows
 * @param example where an image lies that shows what was wanted
 * @param rater who says so; each may say so much an hour
 * @param at when it was said
 */
public record Feedback(
        String id,
        ImageName image,
        @Nullable Opinion opinion,
        List<String> artifacts,
        @Nullable String caption,
        @Nullable String example,
        @Nullable String rater,
        @Nullable Instant at) {
    public Feedback {
        artifacts = List.copyOf(artifacts);
        if (opinion == null && caption == null && example == null) {
            throw new IllegalArgumentException("feedback " + id + " has no opinion, no caption and no example");
        }
    }

    /** An opinion and nothing else. */
    public static Feedback of(String id, ImageName image, Opinion opinion, @Nullable String rater, Instant at) {
        return new Feedback(id, image, opinion, List.of(), null, null, rater, at);
    }
}
