package dev.limner.generator.network.film;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.limner.generator.arithmetic.ConvolutionShape;
import dev.limner.generator.network.Ranges;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The shape of a {@link FilmGenerator}: everything needed to build its network and nothing of how it was trained.
 *
 * @param latent length of the noise vector z
 * @param text length of the sentence embedding s
 * @param condition length of the projected caption c
 * @param channels channels at 4x4 and after each block; every block doubles the side
 * @param smooth whether the shuffled pixels are smoothed, which leaves no 2x2 pattern; absent in older bundles, which were
 *     not
 */
public record FilmSpec(
        int latent,
        int text,
        int condition,
        List<Integer> channels,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Boolean smooth) {
    private static final int FIRST_SIDE = 4;
    private static final int KERNEL = 3;
    /** Channels of an image before the pixel shuffle. */
    private static final int UNSHUFFLED = 12;

    private static final int MOST_CHANNELS = 4096;
    private static final int MOST_BLOCKS = 6;

    public FilmSpec {
        Ranges.between("architecture.latent", latent, 1, MOST_CHANNELS);
        Ranges.between("architecture.text", text, 1, MOST_CHANNELS);
        Ranges.between("architecture.condition", condition, 1, MOST_CHANNELS);
        channels = List.copyOf(Objects.requireNonNull(channels, "architecture.channels is missing"));
        Ranges.between("architecture.channels: its length", channels.size(), 2, MOST_BLOCKS + 1);
        for (int count : channels) {
            Ranges.between("architecture.channels", count, 1, MOST_CHANNELS);
        }
    }

    /** The default network for 64x64 images: 1.1 million weights, about 0.16 GFLOP an image. */
    public static FilmSpec defaultSpec() {
        return new FilmSpec(64, 384, 128, List.of(128, 128, 64, 32), true);
    }

    public int blocks() {
        return channels.size() - 1;
    }

    /** Height and width of an image in pixels. */
    public int side() {
        return FIRST_SIDE << (blocks() + 1);
    }

    /** The convolutions that generating a batch takes. */
    public List<ConvolutionShape> convolutions(int batch) {
        List<ConvolutionShape> shapes = new ArrayList<>();
        for (int block = 0; block < blocks(); block++) {
            int in = channels.get(block);
            int out = channels.get(block + 1);
            int before = FIRST_SIDE << block;
            shapes.add(ConvolutionShape.keeping(batch, in, out, 1, before));
            shapes.add(ConvolutionShape.keeping(batch, in, out, KERNEL, 2 * before));
            shapes.add(ConvolutionShape.keeping(batch, out, out, KERNEL, 2 * before));
        }
        shapes.add(ConvolutionShape.keeping(batch, channels.get(channels.size() - 1), UNSHUFFLED, KERNEL, side() / 2));
        return shapes;
    }

    boolean isSmoothed() {
        return Boolean.TRUE.equals(smooth);
    }

    /** Length of u, the concatenation of noise and projected caption. */
    int modulation() {
        return latent + condition;
    }

    /** Channels that each modulation acts on, in the order of the network. */
    List<Integer> modulated() {
        List<Integer> counts = new ArrayList<>();
        for (int block = 0; block < blocks(); block++) {
            counts.add(channels.get(block));
            counts.add(channels.get(block + 1));
        }
        return counts;
    }
}
