package dev.limner.training.replay;

import java.time.Instant;

/**
 * That somebody liked or disliked an image of a model. Written down once and never changed, whatever the same rater says
 * later: what is decided from votes one by one must not see another past each time it looks.
 *
 * @param number grows in the order of arrival
 * @param model digest of the model that generated the image
 * @param rater who said so; {@link FeedbackEntry#NOBODY} for everybody without a name
 * @param arrived by the broker's clock or the trainer's, never the sender's
 */
public record RaterVote(long number, String model, String rater, Instant arrived, boolean liked) {}
