package dev.limner.generator.network;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a generator reads for one image, as its bundle declares it: a job says no more and no less.
 *
 * @param noise length of the noise vector z; 0 for a generator without
 * @param sentence length of a caption's sentence embedding; 0 for a generator that reads no caption
 * @param labels names of the classes, one of which a job names; empty for a generator without
 * @param controls numbers and choices a job may set; empty for a generator without
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record ModelInputs(int noise, int sentence, List<String> labels, List<Control> controls) {
    private static final int LONGEST = 65_536;
    /** Classes of ImageNet-21k fit. */
    private static final int MOST_LABELS = 32_768;

    private static final int MOST_CONTROLS = 64;
    private static final String TRUNCATION = "truncation";
    private static final Pattern CONTROL = Pattern.compile("[A-Za-z][A-Za-z0-9_-]{0,63}");

    public ModelInputs(int noise, int sentence, @Nullable List<String> labels, @Nullable List<Control> controls) {
        Ranges.between("inputs.noise", noise, 0, LONGEST);
        Ranges.between("inputs.sentence", sentence, 0, LONGEST);
        this.noise = noise;
        this.sentence = sentence;
        this.labels = labels == null ? List.of() : List.copyOf(labels);
        this.controls = controls == null ? List.of() : List.copyOf(controls);
        Ranges.between("inputs.labels: its length", this.labels.size(), 0, MOST_LABELS);
        Ranges.between("inputs.controls: its length", this.controls.size(), 0, MOST_CONTROLS);
        Set<String> names = new HashSet<>();
        for (String label : this.labels) {
            ShortText.require("inputs.labels has", label);
            if (label.isEmpty() || !label.equals(label.strip())) {
                throw new IllegalArgumentException("inputs.labels has '" + label
                        + "', must have 1 to 200 characters and no white space around them");
            }
            requireNew(names, "inputs.labels", label);
        }
        names.clear();
        for (Control control : this.controls) {
            if (!CONTROL.matcher(control.name()).matches()) {
                throw new IllegalArgumentException(
                        "inputs.controls has '" + control.name() + "', must match " + CONTROL);
            }
            if (control.name().equals(TRUNCATION)) {
                throw new IllegalArgumentException(
                        "inputs.controls has '" + TRUNCATION + "', which is a field of every job's");
            }
            requireNew(names, "inputs.controls", control.name());
        }
    }

    /** Of a generator from captions. */
    public static ModelInputs caption(int noise, int sentence) {
        return new ModelInputs(noise, sentence, List.of(), List.of());
    }

    /** Whether a job needs a caption. */
    public boolean readsCaption() {
        return sentence > 0;
    }

    /** Whether a job needs a label. */
    public boolean readsLabel() {
        return !labels.isEmpty();
    }

    private static void requireNew(Set<String> names, String key, String name) {
        if (!names.add(ShortText.composed(name))) {
            throw new IllegalArgumentException(key + " has '" + name + "' twice");
        }
    }
}
