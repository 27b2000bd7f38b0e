-- Operators with skills and shifts; names and contacts apart and encrypted.
-- What changes with every piece of work lives in a narrow table of its own, with room on its
-- pages and no index but its key: a row can be rewritten often, also beside a long snapshot.

CREATE TABLE operators (
    operator_id VARCHAR(20) PRIMARY KEY,
    employee_id VARCHAR(20) UNIQUE NOT NULL,
    hire_date DATE,
    department VARCHAR(50),
    home_location VARCHAR(100),
    production_line VARCHAR(50),
    parallel_capacity SMALLINT NOT NULL,
    efficiency_rating DECIMAL(3,2),
    on_time_completion_rate DECIMAL(5,2),
    is_active BOOLEAN NOT NULL,
    version INT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    created_by VARCHAR(50),
    updated_by VARCHAR(50),
    CONSTRAINT chk_efficiency CHECK (efficiency_rating >= 0 AND efficiency_rating <= 5),
    CONSTRAINT chk_operator_capacity CHECK (parallel_capacity BETWEEN 1 AND 1000)
);

CREATE TABLE operator_status (
    operator_id VARCHAR(20) PRIMARY KEY REFERENCES operators (operator_id),
    posted_status VARCHAR(20) NOT NULL,
    current_status VARCHAR(20) NOT NULL,
    status_updated_at TIMESTAMPTZ NOT NULL,
    status_posted_at TIMESTAMPTZ NOT NULL,
    last_work_ended_at TIMESTAMPTZ,
    updated_at TIMESTAMPTZ NOT NULL,
    position BIGINT NOT NULL,
    open_allocations BIGINT[] NOT NULL,
    CONSTRAINT chk_status CHECK (current_status IN
        ('available', 'busy', 'break', 'absent', 'sick', 'vacation', 'offline')),
    CONSTRAINT chk_posted_status CHECK (posted_status IN
        ('available', 'break', 'absent', 'sick', 'vacation', 'offline'))
) WITH (fillfactor = 10);
CREATE INDEX idx_operators_dept ON operators (department);
CREATE INDEX idx_operators_location ON operators (home_location);

CREATE TABLE operator_personal (
    operator_id VARCHAR(20) PRIMARY KEY REFERENCES operators (operator_id),
    wrapped_key BYTEA,
    sealed BYTEA,
    updated_at TIMESTAMPTZ NOT NULL
);

CREATE TABLE operator_skills (
    operator_skill_id BIGINT PRIMARY KEY,
    operator_id VARCHAR(20) NOT NULL REFERENCES operators (operator_id) ON DELETE CASCADE,
    skill_code VARCHAR(50) NOT NULL,
    skill_name VARCHAR(100) NOT NULL,
    proficiency_level INT NOT NULL,
    certification_date DATE,
    certification_expiry DATE,
    certified_by VARCHAR(100),
    created_at TIMESTAMPTZ NOT NULL,
    CONSTRAINT chk_proficiency CHECK (proficiency_level BETWEEN 1 AND 4),
    UNIQUE (operator_id, skill_code)
);
CREATE INDEX idx_operator_skills_code ON operator_skills (skill_code);
CREATE INDEX idx_operator_skills_expiry ON operator_skills (certification_expiry);

CREATE TABLE operator_shifts (
    shift_id BIGINT PRIMARY KEY,
    operator_id VARCHAR(20) NOT NULL REFERENCES operators (operator_id) ON DELETE CASCADE,
    shift_name VARCHAR(20) NOT NULL,
    shift_date DATE NOT NULL,
    start_time TIME NOT NULL,
    end_time TIME NOT NULL,
    break_start TIME,
    break_end TIME,
    starts_at TIMESTAMPTZ NOT NULL,
    ends_at TIMESTAMPTZ NOT NULL,
    break_starts_at TIMESTAMPTZ,
    break_ends_at TIMESTAMPTZ,
    actual_clock_in TIMESTAMPTZ,
    actual_clock_out TIMESTAMPTZ,
    status VARCHAR(20) NOT NULL DEFAULT 'scheduled',
    created_at TIMESTAMPTZ NOT NULL,
    CONSTRAINT chk_shift_status CHECK (status IN
        ('scheduled', 'in_progress', 'completed', 'absent', 'late')),
    UNIQUE (operator_id, shift_date, start_time)
);
CREATE INDEX idx_operator_shifts_date ON operator_shifts (shift_date, operator_id);
CREATE INDEX idx_operator_shifts_status ON operator_shifts (status);

GRANT SELECT, INSERT, UPDATE, DELETE ON operators, operator_status, operator_personal,
    operator_skills, operator_shifts TO mraos_app;
