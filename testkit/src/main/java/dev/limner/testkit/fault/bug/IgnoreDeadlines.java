package dev.limner.testkit.fault.bug;

import dev.limner.protocol.Decoded;
import dev.limner.protocol.Job;
import dev.limner.worker.intake.RecordDelivery;

/** A job is generated though its deadline has passed. */
public final class IgnoreDeadlines implements SeededBug {
    @Override
    public RecordDelivery delivered(RecordDelivery delivery) {
        if (!(delivery.decoded() instanceof Decoded.Valid(Job job)) || job.deadline() == null) {
            return delivery;
        }
        Job patient = new Job(
                job.id(),
                job.caption(),
                job.seed(),
                job.count(),
                job.model(),
                job.size(),
                job.truncation(),
                job.format(),
                null,
                job.group(),
                job.tenant(),
                job.context(),
                job.label(),
                job.controls());
        return new RecordDelivery(
                delivery.ref(), delivery.original(), new Decoded.Valid(patient), delivery.receivedNanos());
    }
}
