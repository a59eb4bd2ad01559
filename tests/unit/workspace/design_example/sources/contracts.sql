SELECT * FROM contracts JOIN changes USING (contract_id)
