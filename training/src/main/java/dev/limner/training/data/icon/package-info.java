/** Icon sets under permissive licences, in the form in which Iconify publishes them. */
@NullMarked
package dev.limner.training.data.icon;

import org.jspecify.annotations.NullMarked;
