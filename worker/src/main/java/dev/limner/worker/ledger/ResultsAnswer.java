package dev.limner.worker.ledger;

/**
 * What the results topic says.
 *
 * @param answered offsets of records that have a result; not to be changed
 * @param empty whether the log holds no record of those asked about
 */
public record ResultsAnswer(ResultsQuestion question, OffsetSet answered, boolean empty) {}
