package dev.limner.worker.ledger;

/**
 * What the results topic says.
 *
 * @param answered offsets of records that have a result; not to be changed
 */
public record Answer(Question question, OffsetSet answered) {}
