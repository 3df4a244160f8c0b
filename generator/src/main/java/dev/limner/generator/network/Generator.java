package dev.limner.generator.network;

import com.fasterxml.jackson.databind.JsonNode;
import dev.limner.generator.arithmetic.ConvolutionShape;
import java.util.List;

/**
 * A generator of a certain shape, without weights: what it reads and what it makes. Immutable; safe from any thread.
 *
 * <p>There are two kinds: those whose arithmetic is this program's, which can be trained, and those that come as a program.
 */
public sealed interface Generator permits TrainableGenerator, ProgramGenerator {
    /** {@link Architecture#id()} of its family. */
    String architecture();

    /** Its shape: what its architecture made it of, with every default written out. */
    JsonNode spec();

    /** What it reads for an image. */
    ModelInputs inputs();

    /** What it makes. */
    ModelOutput output();

    /**
     * The convolutions that generating a batch takes, to be tested on a machine before it is trusted with them. Empty where
     * nobody knows.
     */
    List<ConvolutionShape> convolutions(int batch);
}
