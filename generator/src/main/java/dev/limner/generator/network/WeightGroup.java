package dev.limner.generator.network;

/**
 * What a weight of a network is for, so that a part of any network can be trained or kept without knowing its names.
 * Fine-tuning moves what reads the inputs first; FreezeD (Mo et al. 2020) keeps what a discriminator sees first.
 */
public enum WeightGroup {
    /** Reads noise, caption, label or controls, and modulates by them. */
    CONDITIONING,
    /** Between the two others. */
    BODY,
    /** Next to the pixels: the last layers of a generator, the first of a discriminator. */
    PIXELS
}
