package dev.limner.generator.network;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.nio.file.Path;

/** A generator whose weights and arithmetic are one file that the engine runs. It cannot be trained here. */
public non-sealed interface ProgramGenerator extends Generator {
    /** Name of the file in a bundle. */
    String fileName();

    /**
     * Loads the file, which the caller has checked against its digest and found allowed.
     *
     * @param owner on the device to run on; the program holds native memory of its own until it is closed
     */
    Program load(NDManager owner, Path file);

    /** A program on a device. One thread at a time. */
    interface Program extends AutoCloseable {
        /**
         * Generates.
         *
         * @param inputs those of {@link Generator#inputs()}, all of one batch
         * @return (n, channels, side, side) in [-1, 1], owned by the inputs' manager
         */
        NDArray generate(GeneratorInputs inputs);

        @Override
        void close();
    }
}
