package dev.limner.training.network;

/**
 * What a critic scores.
 *
 * @param side height and width of an image in pixels
 * @param text length of a sentence embedding
 */
public record CriticInputs(int side, int text) {}
