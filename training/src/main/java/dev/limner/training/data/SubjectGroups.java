package dev.limner.training.data;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Decides what subject an image is of, so that no subject is in two splits and what looks nearly the same isn't either.
 *
 * <p>A subject that its makers named stays as it is. Else an image is of the subject of the image it is nearest to, where
 * one is {@link NearDuplicates near}, or a subject of its own, called as the image. One that is near images of two splits
 * would join what has been kept apart, so it is left out. Where the makers chose a subject's split, all its images follow
 * its first. What is placed never moves. One thread.
 */
final class SubjectGroups {
    private final DataSettings settings;

    /** The split that makers chose for a subject; empty where its name decides. */
    private final Map<String, Optional<Split>> chosen = new HashMap<>();

    private final NearDuplicates images = new NearDuplicates();

    /** @param settings of a data set that is split by subject */
    SubjectGroups(DataSettings settings) {
        this.settings = settings;
    }

    /** What has been decided of an image. */
    sealed interface Placement {
        /**
         * It has a place.
         *
         * @param image with its subject and, where makers chose that, its split
         * @param overruled what was said of its split and is not so; null if nothing
         * @param alike an image that looks nearly the same and is in another split, where makers want it so; null if none
         */
        record Placed(
                CaptionedImage image,
                @Nullable String overruled,
                @Nullable String alike) implements Placement {}

        /**
         * It would join two splits.
         *
         * @param why which images it is near
         */
        record Between(String why) implements Placement {}
    }

    /** Remembers an image that has its subject. */
    void remember(CaptionedImage image) {
        Thumbnail thumbnail = Thumbnail.of(image.pixels());
        remember(image, thumbnail, images.find(thumbnail));
    }

    private void remember(CaptionedImage image, Thumbnail thumbnail, List<NearDuplicates.Near> near) {
        chosen.putIfAbsent(image.subject(), Optional.ofNullable(image.split()));
        images.add(new NearDuplicates.Member(image.subject(), image.key(), thumbnail), near);
    }

    /** Decides, and remembers. */
    Placement place(CaptionedImage image) {
        Thumbnail thumbnail = Thumbnail.of(image.pixels());
        List<NearDuplicates.Near> near = images.find(thumbnail);
        ImageAttributes given = image.attributes();
        String subject = given.subject();
        if (subject == null) {
            if (given.split() == null) {
                Optional<String> between = between(near);
                if (between.isPresent()) {
                    return new Placement.Between(between.get());
                }
            }
            subject = nearest(near, member -> given.split() == null || given.split() == splitOf(member.subject()))
                    .map(NearDuplicates.Member::subject)
                    .orElse(image.key());
        }
        Optional<Split> decided = chosen.getOrDefault(subject, Optional.ofNullable(given.split()));
        CaptionedImage placed = image.with(given.withSubject(subject).withSplit(decided.orElse(null)));
        remember(placed, thumbnail, near);
        Split split = settings.splitOf(placed);
        String overruled = given.split() == null || given.split() == split
                ? null
                : "its split is '" + given.split().id() + "', its subject '" + subject + "' is in " + split.id();
        String alike = nearest(near, member -> splitOf(member.subject()) != split)
                .map(member -> describe(member) + ", and it is in " + split.id())
                .orElse(null);
        return new Placement.Placed(placed, overruled, alike);
    }

    /** The split of a subject that images are there of; empty if there are none. */
    Optional<Split> known(String subject) {
        return chosen.containsKey(subject) ? Optional.of(splitOf(subject)) : Optional.empty();
    }

    private Split splitOf(String subject) {
        return chosen.getOrDefault(subject, Optional.empty()).orElseGet(() -> settings.splitOf(subject));
    }

    private Optional<String> between(List<NearDuplicates.Near> near) {
        return nearest(near, member -> true)
                .flatMap(first -> nearest(near, member -> splitOf(member.subject()) != splitOf(first.subject()))
                        .map(second -> describe(first) + ", and " + describe(second)));
    }

    /** The same one however the index happens to list them. */
    private static Optional<NearDuplicates.Member> nearest(
            List<NearDuplicates.Near> near, Predicate<NearDuplicates.Member> which) {
        return near.stream()
                .filter(found -> which.test(found.member()))
                .min(Comparator.comparingInt(NearDuplicates.Near::difference)
                        .thenComparing(found -> found.member().key()))
                .map(NearDuplicates.Near::member);
    }

    private String describe(NearDuplicates.Member member) {
        return member.key() + " is in " + splitOf(member.subject()).id();
    }
}
