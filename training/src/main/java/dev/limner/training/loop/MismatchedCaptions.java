package dev.limner.training.loop;

import dev.limner.training.evaluate.metric.VectorMath;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Finds for each image of a batch the caption of another one that is wrong for it. A caption that is right, or nearly, would
 * have the loss contradict itself. What is wrong for an image:
 *
 * <ul>
 *   <li>never a caption of an image of the same subject, or one that it has itself, in any wording that the data knows;
 *   <li>where both images have a class, any caption of another class;
 *   <li>else a caption that is not nearly the same as any of its own, by their embeddings.
 * </ul>
 *
 * <p>A batch may have none for an image, as where all of its images are of one class.
 */
final class MismatchedCaptions {
    /** Instead of an image's place: there is no wrong caption in the batch. */
    static final int NONE = -1;

    /** Cosine from which two captions are nearly the same. */
    private static final double NEARLY_EQUAL = 0.85;

    /** Draws before all of the batch is looked at. */
    private static final int TRIES = 8;

    private final List<Captioned> images;
    private final boolean classes;

    /**
     * What is known of an image.
     *
     * @param subject what it shows
     * @param label its class, if it has one that says what its captions say
     * @param captions those that it is trained with
     * @param embeddings of those, L2-normalised, without noise
     * @param known all of its captions, also those that it is not trained with
     */
    record Captioned(
            String subject,
            @Nullable String label,
            List<String> captions,
            List<float[]> embeddings,
            Set<String> known) {
        Captioned {
            captions = List.copyOf(captions);
            embeddings = List.copyOf(embeddings);
            known = Set.copyOf(known);
        }
    }

    MismatchedCaptions(List<Captioned> images) {
        this.images = List.copyOf(images);
        Set<String> labels = new HashSet<>();
        images.forEach(image -> {
            if (image.label() != null) {
                labels.add(image.label());
            }
        });
        // The only class there is tells nobody apart.
        this.classes = labels.size() > 1;
    }

    /**
     * For each place of a batch the place of the image whose caption is wrong for it, or {@link #NONE}. Draws at random; if
     * eight draws found nothing, it looks at all of the batch.
     *
     * @param pictures the batch's images
     * @param captions which of its captions each has
     */
    int[] choose(int[] pictures, int[] captions, RandomGenerator random) {
        int[] chosen = new int[pictures.length];
        for (int i = 0; i < pictures.length; i++) {
            chosen[i] = choose(i, pictures, captions, random);
        }
        return chosen;
    }

    private int choose(int place, int[] pictures, int[] captions, RandomGenerator random) {
        int size = pictures.length;
        int other = place;
        for (int attempt = 0; attempt < TRIES; attempt++) {
            other = (place + 1 + random.nextInt(size - 1)) % size;
            if (isWrong(pictures[place], pictures[other], captions[other])) {
                return other;
            }
        }
        for (int further = 1; further < size; further++) {
            int next = (other + further) % size;
            if (next != place && isWrong(pictures[place], pictures[next], captions[next])) {
                return next;
            }
        }
        return NONE;
    }

    private boolean isWrong(int picture, int other, int caption) {
        Captioned mine = images.get(picture);
        Captioned theirs = images.get(other);
        if (mine.subject().equals(theirs.subject())
                || mine.known().contains(theirs.captions().get(caption))) {
            return false;
        }
        if (classes && mine.label() != null && theirs.label() != null) {
            return !Objects.equals(mine.label(), theirs.label());
        }
        float[] embedding = theirs.embeddings().get(caption);
        return mine.embeddings().stream().allMatch(own -> VectorMath.product(own, embedding) < NEARLY_EQUAL);
    }

    /** What each pair of a batch counts: {@link dev.limner.training.step.TrainingBatch#mismatchWeights}. */
    static float[] weights(int[] chosen) {
        int found = 0;
        for (int other : chosen) {
            found += other == NONE ? 0 : 1;
        }
        float[] weights = new float[chosen.length];
        for (int i = 0; i < chosen.length; i++) {
            weights[i] = chosen[i] == NONE ? 0 : (float) chosen.length / found;
        }
        return weights;
    }
}
