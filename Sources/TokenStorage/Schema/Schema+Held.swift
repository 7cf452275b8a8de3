extension Schema {
    /// What the guard counted when it held a plan: who is to approve it wants to know why.
    static let held = """
        ALTER TABLE held_plan ADD COLUMN removed_lately INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE held_plan ADD COLUMN people_before INTEGER;
        ALTER TABLE held_plan ADD COLUMN people INTEGER;
        """
}
