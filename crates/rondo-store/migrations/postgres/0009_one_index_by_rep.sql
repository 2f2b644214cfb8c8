-- Why: `assignments_rep_campaign` does all that `assignments_rep` did.
--
-- By itself, since it waits for whoever reads assignments: what was built before is kept however often it gives way.

drop index assignments_rep;
