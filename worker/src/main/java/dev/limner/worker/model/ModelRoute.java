package dev.limner.worker.model;

import dev.limner.protocol.Job;

/** Where a job goes as things are now. Jobs with equal routes may share a micro-batch. */
public sealed interface ModelRoute {
    /** To a model that is on the device. */
    record Ready(String digest) implements ModelRoute {}

    /** To a model that is on its way to the device. */
    record Loading() implements ModelRoute {}

    /** Nowhere: there is no such model. */
    record UnknownModel(String why) implements ModelRoute {}

    /** Knows the models. Safe from any thread. */
    @FunctionalInterface
    interface Router {
        /** A question that changes nothing, whoever asks and however often: the answer is of that moment. */
        ModelRoute of(Job job);
    }

    /** Whether a batch may be formed of jobs with this route. */
    default boolean isDecided() {
        return switch (this) {
            case Ready ready -> true;
            case UnknownModel nowhere -> true;
            case Loading later -> false;
        };
    }
}
