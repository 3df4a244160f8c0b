package dev.limner.training.network;

/** The shape of a critic, a record of its settings: two that are equal have the same weights' names and shapes. */
public interface CriticSpec {
    /** @throws IllegalArgumentException naming the key if a critic of this shape cannot score such images */
    Critic build(CriticInputs inputs);
}
