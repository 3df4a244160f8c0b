package dev.limner.training.regularizer;

import ai.djl.Device;
import dev.limner.training.network.Critic;

/**
 * What keeps the critic's steps from going too far, by its gradients or its weights. A record of its settings; one file a
 * regularizer.
 */
public interface Regularizer {
    /**
     * Asked before anything is trained.
     *
     * @throws IllegalArgumentException naming both if this cannot differentiate such a critic
     */
    void require(Critic critic);

    /** This regularizer of a critic that it {@linkplain #require can differentiate}; for the caller to close. */
    Penalty over(Critic critic, Device device);
}
