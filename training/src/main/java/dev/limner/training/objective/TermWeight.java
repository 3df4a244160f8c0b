package dev.limner.training.objective;

import com.fasterxml.jackson.databind.JsonNode;
import dev.limner.training.optimizer.CosineSchedule;
import dev.limner.training.settings.Settings;
import java.util.List;

/**
 * What a term counts in the generator's loss. A recipe gives a number, or where it begins and ends: {@code {from: 4, to: 0.5,
 * steps: 10000}}, which is half a cosine like the learning rate's. A function of the step alone, so a training that resumes
 * continues it.
 *
 * @param from weight of step 0
 * @param to weight of step {@code steps} and all after it
 * @param steps how long it takes; 0 where it stays
 */
public record TermWeight(double from, double to, long steps) {
    private static final String FROM = "from";
    private static final String TO = "to";
    private static final String STEPS = "steps";
    private static final List<String> KEYS = List.of(FROM, TO, STEPS);
    private static final long LONGEST = 1_000_000_000_000L;

    /** The same at all steps. */
    public static TermWeight constant(double weight) {
        return new TermWeight(weight, weight, 0);
    }

    /**
     * Reads it, in either form.
     *
     * @param most the most that it may be; the least is 0
     */
    public static TermWeight read(Settings settings, String key, double most) {
        if (!settings.isGroup(key)) {
            return constant(settings.number(key, 0, most));
        }
        return settings.group(key, group -> {
            group.keys(FROM, TO, STEPS);
            return new TermWeight(
                    group.number(FROM, 0, most), group.number(TO, 0, most), group.whole(STEPS, 1, LONGEST));
        });
    }

    /** Whether a part of a recipe is a weight that changes. */
    public static boolean isWritten(JsonNode node) {
        return node.isObject() && node.size() == KEYS.size() && KEYS.stream().allMatch(node::has);
    }

    /** What such a part comes to in the end. */
    public static JsonNode last(JsonNode node) {
        return node.get(TO);
    }

    /** The weight of a step, counted from 0. */
    public double at(long step) {
        return new CosineSchedule(from, to, steps).rateAt(step);
    }

    /** Whether the term never counts. */
    public boolean isZero() {
        return from == 0 && to == 0;
    }
}
