package dev.limner.worker.publish;

/** How a publication ended. */
public sealed interface PublishOutcome {
    /** All of it is committed. */
    record Committed() implements PublishOutcome {}

    /**
     * Nothing of it is committed, nor ever will be; what is still owned is built and sent again.
     *
     * @param why for logs and health, with what to do about it where that is known
     */
    record Failed(String why) implements PublishOutcome {}

    /**
     * As {@link Failed}, and the reason is the dead-letter topic: what needs no dead letter could be published.
     *
     * @param why what is wrong with the topic, and what to do about it
     */
    record NoDeadLetters(String why) implements PublishOutcome {}
}
