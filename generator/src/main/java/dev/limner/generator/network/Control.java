package dev.limner.generator.network;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.List;

/**
 * A number or a choice that a job may set, for example a latent code of InfoGAN (Chen et al. 2016). Whatever is declared here a
 * job can say, and a generator can be given.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.DEDUCTION)
@JsonSubTypes({@JsonSubTypes.Type(Control.Range.class), @JsonSubTypes.Type(Control.Choice.class)})
public sealed interface Control {
    /** As jobs name it. */
    String name();

    /** What the generator reads where a job says nothing. */
    float byDefault();

    /**
     * A number.
     *
     * @param min the least
     * @param max the most
     * @param standard what it is where a job does not say
     */
    record Range(
            String name,
            double min,
            double max,
            @JsonProperty("default") double standard) implements Control {
        public Range {
            requireName(name);
            // A generator reads floats.
            if (!(Float.isFinite((float) min) && Float.isFinite((float) max) && (float) min < (float) max)) {
                throw new IllegalArgumentException("control '" + name + "' goes from " + min + " to " + max
                        + ", must rise between finite numbers of 32 bits");
            }
            if (!(standard >= min && standard <= max)) {
                throw new IllegalArgumentException(
                        "control '" + name + "' has default " + standard + ", must be from " + min + " to " + max);
            }
        }

        @Override
        public float byDefault() {
            return (float) standard;
        }
    }

    /**
     * One of several words, which the generator reads as its place among them.
     *
     * @param choices at least two
     * @param standard what it is where a job does not say
     */
    record Choice(
            String name,
            List<String> choices,
            @JsonProperty("default") String standard) implements Control {
        public Choice {
            requireName(name);
            if (choices == null || standard == null) {
                throw new IllegalArgumentException("control '" + name + "' has choices and no default, or the reverse");
            }
            choices = List.copyOf(choices);
            choices.forEach(choice -> ShortText.require("control '" + name + "' has choice", choice));
            if (choices.size() < 2
                    || choices.size()
                            != choices.stream()
                                    .map(ShortText::composed)
                                    .distinct()
                                    .count()) {
                throw new IllegalArgumentException(
                        "control '" + name + "' has choices " + choices + ", must have at least two different ones");
            }
            if (!choices.contains(standard)) {
                throw new IllegalArgumentException(
                        "control '" + name + "' has default '" + standard + "', must be one of " + choices);
            }
        }

        @Override
        public float byDefault() {
            return choices.indexOf(standard);
        }
    }

    private static void requireName(String name) {
        if (name == null) {
            throw new IllegalArgumentException("a control has no name");
        }
    }
}
